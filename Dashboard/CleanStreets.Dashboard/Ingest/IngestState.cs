using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Dashboard.Ingest;

/// <summary>Whether what the map shows is the present.</summary>
internal enum IngestLinkState
{
    /// <summary>Messages can arrive, and ingest answers or was heard.</summary>
    Live,

    /// <summary>The link stands and nothing comes over it.</summary>
    Stale,

    /// <summary>There is no link.</summary>
    Away,
}

/// <summary>The link to ingest as pages show it.</summary>
internal sealed record IngestView(IngestLinkState State, DateTimeOffset Since, string Detail, DateTimeOffset? LastHeardAt)
{
    public static IngestView Unknown { get; } = new(IngestLinkState.Away, default, "Not connected yet.", null);
}

/// <summary>Signs of life of ingest, noted by those who see them: the MQTT link and the poll of the read API.</summary>
internal sealed class IngestState
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan NoAnswer = TimeSpan.FromSeconds(20);

    private volatile Sign _link = new(false, default, "Not connected yet.");
    private volatile Sign _answer = new(false, default, "Not asked yet.");
    private volatile IngestStatus? _status;
    private long _heardAtMs;

    private sealed record Sign(bool Good, DateTimeOffset At, string Detail);

    /// <summary>Ingest's last answer about itself.</summary>
    public IngestStatus? Status => _status;

    public bool IsLinked => _link.Good;

    public bool Answers => _answer.Good;

    /// <summary>Why the read API cannot be asked; null while it answers.</summary>
    public string? Problem => _answer.Good ? null : _answer.Detail;

    public void Linked(bool connected, string detail, DateTimeOffset at) => _link = new Sign(connected, at, detail);

    public void Heard(DateTimeOffset at) => Volatile.Write(ref _heardAtMs, at.ToUnixTimeMilliseconds());

    public void Answered(IngestStatus status, DateTimeOffset at)
    {
        _status = status;
        _answer = new Sign(true, at, string.Empty);
    }

    public void DidNotAnswer(string problem, DateTimeOffset at) => _answer = new Sign(false, at, problem);

    /// <summary>The state now; <see cref="IngestView.Since"/> stays while the state stays.</summary>
    public IngestView Describe(DateTimeOffset now, IngestView before)
    {
        var heardMs = Volatile.Read(ref _heardAtMs);
        DateTimeOffset? heard = heardMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(heardMs);
        var (state, detail) = Judge(now, heard);
        return new IngestView(state, state == before.State && before.Since != default ? before.Since : now, detail, heard);
    }

    private (IngestLinkState State, string Detail) Judge(DateTimeOffset now, DateTimeOffset? heard)
    {
        var (link, answer) = (_link, _answer);
        if (!link.Good)
        {
            return (IngestLinkState.Away, $"No MQTT connection: {link.Detail}");
        }

        var answers = answer.Good && now - answer.At < NoAnswer;
        var recent = heard is { } at && now - at < Silence;
        return answers || recent
            ? (IngestLinkState.Live, answers ? "Connected." : $"Connected; history and reasons are missing: {answer.Detail}")
            : (IngestLinkState.Stale, $"Connected, but nothing has been heard for a minute. {answer.Detail}");
    }
}
