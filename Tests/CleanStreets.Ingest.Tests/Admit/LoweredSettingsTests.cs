using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Tests.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Ingest.Tests.Admit;

/// <summary>A start with smaller bounds than those under which the state has grown.</summary>
public sealed class LoweredSettingsTests
{
    private static readonly AdmissionOptions Lowered = new() { Trucks = 2, SessionsPerTruck = 2, RangesPerSession = 2, ForgottenSessionsPerTruck = 1, ForgottenMarks = 1, EstablishedReadings = 1 };

    private readonly AdmissionBench _bench = new(new AdmissionOptions());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Everything_known_is_kept_counts_once_and_shrinks_when_it_may(bool fromSnapshot)
    {
        foreach (var session in new[] { "a", "b", "c", "d" })
        {
            foreach (var truck in new[] { "t", "u", "v" })
            {
                _bench.Send(truck, session, 1, 5).Accepted.ShouldBe(5);
                _bench.Send(truck, session, 11, 5).Accepted.ShouldBe(5);
                _bench.Send(truck, session, 21, 5).Accepted.ShouldBe(5);
            }
        }

        Restart(fromSnapshot);

        _bench.Admission.BeyondSettings.ShouldNotBeNull().ShouldContain("1 trucks and the sessions of 3 trucks");
        foreach (var session in new[] { "a", "b", "c", "d" })
        {
            _bench.Send("v", session, 1, 5).Duplicates.ShouldBe(5);
            _bench.Send("v", session, 26, 5).Accepted.ShouldBe(5, "what adds no range is taken");
            _bench.Send("v", session, 41, 5).Reasons.Distinct().ShouldBe([QuarantineReason.WindowExceeded]);
        }

        _bench.Send("v", "e", 1, 1).Reasons.ShouldBe([QuarantineReason.WindowExceeded], "there is no place while four are open");
        _bench.Close("v", "a");
        _bench.Close("v", "b");
        _bench.Close("v", "c");
        _bench.Send("v", "e", 1, 1).Accepted.ShouldBe(1);
        _bench.Admission.Trucks.Single(truck => truck.Id.Value == "v").Sessions.Select(s => s.Id.Value).Order().ShouldBe(["d", "e"]);
        _bench.Restart(Lowered);
        _bench.Send("v", "e", 1, 1).Duplicates.ShouldBe(1, "the journal says the same");
    }

    [Fact]
    public void Of_forgotten_sessions_and_trucks_the_newest_that_fit_are_kept_and_the_rest_is_declared()
    {
        var small = new AdmissionOptions { Trucks = 1, SessionsPerTruck = 1, EstablishedReadings = 1000 };
        var bench = new AdmissionBench(small);
        foreach (var truck in new[] { "t", "u", "v", "w" })
        {
            foreach (var session in new[] { "a", "b", "c" })
            {
                bench.Send(truck, session, 1, 5).Accepted.ShouldBe(5);
                bench.Close(truck, session);
            }
        }

        var loaded = Load(bench.Admission, Lowered);

        loaded.BeyondSettings.ShouldNotBeNull().ShouldContain("what 2 trucks or sessions long gone had sent");
        Load(bench.Admission, small).BeyondSettings.ShouldBeNull();
    }

    [Fact]
    public async Task Service_starts_says_so_once_and_goes_on()
    {
        var settings = new AdmissionOptions();
        await using var bench = new IngestBench(builder => builder.Services.Configure<AdmissionOptions>(options =>
            (options.Trucks, options.SessionsPerTruck, options.RangesPerSession) = (settings.Trucks, settings.SessionsPerTruck, settings.RangesPerSession)));
        await bench.StartAsync();
        await SendAsync(bench);
        settings = Lowered;
        await bench.RestartAsync();
        await SendAsync(bench);
        (bench.Pipeline.Fates.Accepted, bench.Pipeline.Fates.Duplicates, bench.Pipeline.Fates.Quarantined).ShouldBe((0, 12, 0));
    }

    private static async Task SendAsync(IngestBench bench)
    {
        foreach (var truck in new[] { "t", "u", "v" })
        {
            var client = await bench.ConnectAsync(truck);
            foreach (var session in new[] { "a", "b", "c", "d" })
            {
                var drive = new Drive(bench.Network, truck, session, seed: 1, startMs: DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds()).Standing(1);
                await IngestBench.PublishAsync(client, $"cleanstreets/v1/readings/{truck}", drive.Batch(0, 1));
            }
        }

        await bench.SettledAsync();
    }

    private void Restart(bool fromSnapshot)
    {
        if (fromSnapshot)
        {
            _bench.Admission = Load(_bench.Admission, Lowered);
        }
        else
        {
            _bench.Restart(Lowered);
        }
    }

    private static Admission Load(Admission saved, AdmissionOptions settings) => AdmissionBench.Loaded(Snapshot.RecoveryBench.State(saved.Save), settings);
}
