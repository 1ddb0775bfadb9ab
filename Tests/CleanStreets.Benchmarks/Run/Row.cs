namespace CleanStreets.Benchmarks.Run;

/// <summary>Something that is measured: it starts what it needs, measures in rounds and answers the lines of the table.</summary>
internal abstract class Row
{
    /// <summary>The word by which it is asked for on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>One line for <c>--help</c>.</summary>
    public abstract string About { get; }

    /// <summary>Measures. A part that cannot run here is left out with a note; when none can, <see cref="MissingException"/>.</summary>
    public abstract Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings);
}

/// <summary>How the rows are measured.</summary>
/// <param name="Runs">Rounds a figure; the median is said.</param>
/// <param name="Tools">The programs that make the load.</param>
internal sealed record RunSettings(int Runs, Tools Tools);

/// <summary>Something that the row stands on is not on this machine; the message says what and how to get it.</summary>
internal sealed class MissingException(string what) : Exception(what);
