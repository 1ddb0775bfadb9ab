namespace CleanStreets.Testing;

/// <summary>A real VictoriaMetrics, single node.</summary>
public sealed class RunningVictoria : SeriesServer
{
    /// <inheritdoc/>
    protected override string Program => "/usr/bin/victoria-metrics";

    /// <inheritdoc/>
    protected override string Ping => "/health";

    /// <summary>Makes what it has taken visible to questions at once, which it otherwise does after a second or two.</summary>
    public Task FlushAsync() => GetAsync("/internal/force_flush");

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments() =>
    [
        $"-httpListenAddr=127.0.0.1:{Port}", $"-storageDataPath={Folder.Combine("victoria")}", "-retentionPeriod=100y", "-memory.allowedBytes=128MB",
    ];
}
