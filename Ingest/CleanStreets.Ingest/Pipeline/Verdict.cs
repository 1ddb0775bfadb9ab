using CleanStreets.Contracts.Readings;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>What admission decided about one reading, in one byte that also stands in the journal.</summary>
/// <param name="Value">0 accepted, 255 duplicate, anything else the <see cref="QuarantineReason"/>.</param>
internal readonly record struct Verdict(byte Value)
{
    public static Verdict Accepted => default;

    public static Verdict Duplicate => new(byte.MaxValue);

    public static Verdict Quarantined(QuarantineReason reason) => new((byte)reason);

    public bool IsAccepted => Value == 0;

    public bool IsDuplicate => Value == byte.MaxValue;

    public bool IsQuarantined => !IsAccepted && !IsDuplicate;

    /// <summary>Why; <see cref="QuarantineReason.None"/> unless quarantined.</summary>
    public QuarantineReason Reason => IsQuarantined ? (QuarantineReason)Value : QuarantineReason.None;
}
