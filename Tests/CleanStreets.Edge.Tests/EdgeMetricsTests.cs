using System.Diagnostics.Metrics;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Edge.Tests;

public sealed class EdgeMetricsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Instruments_count_what_became_of_the_readings()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var truck = SendingTruck.Open(_folder.Path, broker.Port);
        _ = new EdgeMetrics(services.GetRequiredService<IMeterFactory>(), truck.Spool, truck.Counters, () => truck.Live.CommittedThrough);
        await truck.TakeAsync(100);
        await truck.StoredAsync();
        const string Size = "cleanstreets.edge.spool.size By";
        var seen = await Eventually.GetAsync(
            "the size is that of the files, once the mark is on disk too",
            () => Task.FromResult(Observe(services.GetRequiredService<IMeterFactory>()) is var now && now[Size] == DeadSpool.Bytes(_folder.Combine("spool")) ? now : null));
        seen["cleanstreets.edge.readings.captured {reading}"].ShouldBe(100);
        seen["cleanstreets.edge.readings.published {reading}"].ShouldBeGreaterThanOrEqualTo(100);
        seen["cleanstreets.edge.readings.acknowledged {reading}"].ShouldBe(100);
        seen["cleanstreets.edge.readings.dropped {reading} spool_full"].ShouldBe(0);
        seen["cleanstreets.edge.readings.dropped {reading} disk_full"].ShouldBe(0);
        seen["cleanstreets.edge.readings.dropped {reading} set_aside"].ShouldBe(0);
        seen[Size].ShouldBeGreaterThan(0);
        seen["cleanstreets.edge.process.resident By"].ShouldBeGreaterThan(0);

        var page = await File.ReadAllTextAsync(RepositoryRoot.Combine("deploy", "metrics.md"));
        seen.Keys.ShouldAllBe(key => page.Contains($"| `{key.Split(' ', 2)[0]}` |"), "operators find every metric on the page");
    }

    private static Dictionary<string, long> Observe(IMeterFactory meters)
    {
        var seen = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, to) =>
            {
                if (instrument.Meter.Name == EdgeMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    to.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            seen[string.Join(' ', [instrument.Name, instrument.Unit, .. tags.ToArray().Select(tag => tag.Value)])] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }
}
