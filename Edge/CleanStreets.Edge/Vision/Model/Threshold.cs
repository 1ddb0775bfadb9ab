namespace CleanStreets.Edge.Vision.Model;

/// <summary>How sure a model must be of a label for a candidate to count.</summary>
/// <param name="Confidence">By label: the least confidence.</param>
/// <param name="Protected">By label: whether it must be found even where another label is likelier (people, vehicles).</param>
internal sealed record Threshold(float[] Confidence, bool[] Protected)
{
    /// <summary>The lowest of all.</summary>
    public float Lowest { get; } = Confidence.Min();

    /// <summary>The protected labels.</summary>
    public int[] ProtectedLabels { get; } = [.. Enumerable.Range(0, Protected.Length).Where(label => Protected[label])];
}
