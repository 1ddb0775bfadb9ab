namespace CleanStreets.Contracts.Scores;

/// <summary>Names of the grades in the two places where they stand.</summary>
public static class Grades
{
    /// <summary>All grades, cleanest first.</summary>
    public static IReadOnlyList<Grade> All { get; } = [Grade.APlus, Grade.A, Grade.B, Grade.C, Grade.D];

    /// <summary>CROW's name on the wire: A+, A, B, C, D.</summary>
    public static string Name(this Grade grade) => grade switch
    {
        Grade.APlus => "A+",
        Grade.A => "A",
        Grade.B => "B",
        Grade.C => "C",
        Grade.D => "D",
        _ => throw new ArgumentOutOfRangeException(nameof(grade), grade, "Not a grade."),
    };

    /// <summary>The letter people see on the map: A, B, C, D, E.</summary>
    public static char Letter(this Grade grade) => (char)('A' + (byte)grade);

    /// <summary>Reads CROW's name.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out Grade grade)
    {
        foreach (var candidate in All)
        {
            if (name.SequenceEqual(candidate.Name()))
            {
                grade = candidate;
                return true;
            }
        }

        grade = default;
        return false;
    }
}
