namespace CleanStreets.Edge.Doctor;

/// <summary>What a check of the box came to.</summary>
internal enum Verdict
{
    /// <summary>All is well.</summary>
    Ok,

    /// <summary>Something must be mended.</summary>
    Fail,

    /// <summary>The settings do not ask for it.</summary>
    Unused,
}

/// <summary>One line of the doctor.</summary>
/// <param name="Part">What was looked at: one word.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Said">What was seen.</param>
/// <param name="Fix">What to do, when it must be mended.</param>
internal sealed record Diagnosis(string Part, Verdict Verdict, string Said, string? Fix = null)
{
    /// <summary>The line: <c>fail  broker    … Fix: …</c></summary>
    public string Line => $"{Verdict.ToString().ToLowerInvariant(),-6} {Part,-8} {Said.ReplaceLineEndings(" ").TrimEnd('.')}.{(Fix is null ? "" : $" Fix: {Fix}.")}";

    public static Diagnosis Ok(string part, string said) => new(part, Verdict.Ok, said);

    public static Diagnosis Fail(string part, string said, string fix) => new(part, Verdict.Fail, said, fix);

    public static Diagnosis Unused(string part, string said) => new(part, Verdict.Unused, said);
}
