using System.Globalization;

namespace CleanStreets.Scoring.Index;

/// <summary>Tells the results of <see cref="CalibrationRunner"/> as a page in Markdown, with a reliability diagram for each kind of street.</summary>
public static class CalibrationPage
{
    /// <summary>File name of the diagram of one kind of street.</summary>
    public static string PictureOf(string kind) => $"{kind.Replace(' ', '-')}.svg";

    /// <summary>Writes the page.</summary>
    /// <param name="methods">The results of each method, in the same order of cases.</param>
    /// <param name="streets">Streets simulated of each kind.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="output">Receives the page.</param>
    public static void Write(IReadOnlyList<IReadOnlyList<CalibrationResult>> methods, int streets, int seed, TextWriter output)
    {
        var names = methods.Select(results => results[0].Method).ToList();
        output.Write(Text($"""
            # How often the interval holds

            Written by `./cleanstreets calibrate --streets {streets} --seed {seed}`; the same seed writes the same page. {streets:N0} simulated streets of each
            kind, their truth known, scored by their litter like any other. Beside each share the mean width of the 90 % interval, in steps of the index
            (a letter is one step). Of the assumed process 88–92 % must hold, which a test keeps; the other kinds break the assumptions on purpose
            and are told without a bound.

            | share of 90 % intervals that held the truth | {string.Join(" | ", names.Select(name => $"`{name}`"))} |
            | --- | {string.Join(" | ", names.Select(_ => "---"))} |

            """));
        foreach (var (at, kind) in CalibrationRunner.Cases.Index())
        {
            output.Write($"| {kind} | {string.Join(" | ", methods.Select(results => Cell(results[at])))} |\n");
        }

        output.Write("""

            Streets so clean that their interval begins at 0.000 have one end only, and 95 % is to be expected of it. They are left out above:

            | share of one-ended intervals that held the truth | 
            """.TrimEnd());
        output.Write($" {string.Join(" | ", names.Select(name => $"`{name}`"))} |\n| --- | {string.Join(" | ", names.Select(_ => "---"))} |\n");
        foreach (var (at, kind) in CalibrationRunner.Cases.Index())
        {
            output.Write($"| {kind} | {string.Join(" | ", methods.Select(results => OneEnded(results[at])))} |\n");
        }

        output.Write("""

            ## Reliability diagrams
            Across: the middle share of the belief. Up: the share of all streets whose truth lay in it. Below the diagonal a method is surer than it
            may be, above it less sure than it could be.


            """);
        foreach (var pair in CalibrationRunner.Cases.Chunk(2))
        {
            output.Write(string.Join(' ', pair.Select(kind => $"![{kind}]({PictureOf(kind)})")) + "\n\n");
        }
    }

    private static string Cell(CalibrationResult result) => Text($"{result.Share * 100:0.0} %, width {result.MeanWidth:0.00}");

    private static string OneEnded(CalibrationResult result) =>
        result.FromZero == 0 ? "–" : Text($"{result.FromZeroShare * 100:0} % of {result.FromZero}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
