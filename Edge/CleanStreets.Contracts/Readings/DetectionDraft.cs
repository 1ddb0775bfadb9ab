namespace CleanStreets.Contracts.Readings;

/// <summary>A detection while its fields arrive, with the contract's rules for both wire forms.</summary>
internal struct DetectionDraft()
{
    private const double MaxOffsetMetres = 1_000;

    private int _count = 1;
    private float _confidence = float.NaN;
    private float _offsetMetres = float.NaN;
    private int _trackId;

    public string? Kind { get; private set; }

    public Side Side { get; set; }

    public string? EvidenceId { get; set; }

    public QuarantineReason Fault { get; private set; }

    public void Fail(QuarantineReason reason)
    {
        if (Fault == QuarantineReason.None)
        {
            Fault = reason;
        }
    }

    public void SetKind(string kind)
    {
        Kind = kind;
        if (kind.Length == 0)
        {
            Fail(QuarantineReason.DetectionInvalid);
        }
    }

    public void SetCount(long count)
    {
        _count = (int)Math.Clamp(count, 0, int.MaxValue);
        if (count < 1)
        {
            Fail(QuarantineReason.DetectionInvalid);
        }
        else if (count > ReadingLimits.MaxCountPerDetection)
        {
            Fail(QuarantineReason.ValueOutOfRange);
        }
    }

    public void SetConfidence(double confidence)
    {
        _confidence = (float)confidence;
        if (!(confidence >= 0 && confidence <= 1))
        {
            Fail(QuarantineReason.DetectionInvalid);
        }
    }

    public void SetOffset(double metres)
    {
        _offsetMetres = (float)metres;
        if (!(Math.Abs(metres) <= MaxOffsetMetres))
        {
            Fail(QuarantineReason.ValueOutOfRange);
        }
    }

    public void SetTrackId(long id)
    {
        _trackId = (int)id;
        if (id is < int.MinValue or > int.MaxValue)
        {
            Fail(QuarantineReason.ValueOutOfRange);
        }
    }

    public readonly Detection ToDetection() => new(Kind!, _count, _confidence, Side, _offsetMetres, _trackId, EvidenceId);
}
