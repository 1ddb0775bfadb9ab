namespace CleanStreets.Scoring.Index;

/// <summary>Union of stretches of a segment, in integer centimetres.</summary>
internal static class CoveredLength
{
    /// <summary>Centimetres covered by at least one stretch, whatever their order.</summary>
    public static long Centimetres(List<(int From, int To)> stretches)
    {
        stretches.Sort();
        var covered = 0L;
        var end = int.MinValue;
        foreach (var (from, to) in stretches)
        {
            var start = Math.Max(from, end);
            covered += Math.Max(0, to - start);
            end = Math.Max(end, to);
        }

        return covered;
    }
}
