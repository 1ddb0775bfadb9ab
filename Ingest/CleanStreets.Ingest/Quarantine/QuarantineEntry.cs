using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Where a quarantined message, or one reading of a message, stands in the journal.</summary>
/// <param name="Position">Position of its record.</param>
/// <param name="Sequence">Sequence of the reading; 0 for the message as a whole.</param>
internal readonly record struct QuarantineId(long Position, long Sequence)
{
    public bool IsOfMessage => Sequence == 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Position}-{Sequence}");

    public static bool TryParse([NotNullWhen(true)] string? text, out QuarantineId id)
    {
        id = default;
        var dash = text?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (dash < 0 ||
            !long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var position) ||
            !long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        id = new QuarantineId(position, sequence);
        return true;
    }
}

/// <summary>One thing that was quarantined, without its payload, which the journal keeps.</summary>
internal sealed record QuarantineEntry(QuarantineId Id, long ReceivedAtMs, QuarantineReason Reason, string? Truck, string? Session, int Bytes)
{
    /// <summary>Who decided that it counts after all; null while nobody has.</summary>
    public ReleaseHead? Release { get; init; }

    /// <summary>Under which truck and session it counts since then; null while nobody has decided.</summary>
    public (string? Truck, string? Session)? ReleasedAs { get; init; }
}
