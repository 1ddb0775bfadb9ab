namespace CleanStreets.Ingest.Admit;

/// <summary>Decides how many milliseconds are to be added to a truck's times.</summary>
/// <remarks>
/// The skew of a message is receipt minus sending. A message that waited on its way looks like one from a slow clock, and waiting
/// can only make the skew grow. So a session whose clock was measured once keeps that measure when a later message shows a larger
/// skew that waiting explains; any other change is a clock that was set.
/// </remarks>
internal static class ClockSkewPolicy
{
    /// <param name="receivedAtMs">Receipt, by ingest's clock.</param>
    /// <param name="sentAtMs">Sending, by the truck's clock; 0 when the message does not say.</param>
    /// <param name="known">The session's shift so far; null before the first message that said when it was sent.</param>
    /// <param name="options">Tolerance and allowance.</param>
    public static long Shift(long receivedAtMs, long sentAtMs, long? known, AdmissionOptions options)
    {
        if (sentAtMs == 0)
        {
            return 0;
        }

        var skew = receivedAtMs - sentAtMs;
        if (Math.Abs(skew) <= (long)options.ClockTolerance.TotalMilliseconds)
        {
            return 0;
        }

        return known is { } shift && skew > shift && skew - shift <= (long)options.QueueAllowance.TotalMilliseconds ? shift : skew;
    }
}
