using System.IO.Compression;
using System.Net.Http.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Areas;
using CleanStreets.Ingest.Tests.Pipeline;

namespace CleanStreets.Ingest.Tests.Areas;

/// <summary>A quarter has a trend although evidence is kept for less than two: against a period as it was closed.</summary>
public sealed class ClosedPeriodTests : IAsyncLifetime
{
    private static readonly TimeSpan Reach = TimeSpan.FromDays(126);

    private readonly IngestBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _bench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Trend_of_a_quarter_is_against_the_closed_one_and_stays_so_after_a_restart()
    {
        var now = DateTimeOffset.UtcNow;
        var (from, to) = (now.AddDays(-70), now);
        await DriveAsync("s-1", seed: 5, now.AddDays(-90));
        await DriveAsync("s-2", seed: 5, now.AddDays(-5));

        var without = await Desk.AllAsync(from, to, Token);
        without.Areas.ShouldAllBe(area => area.Trend == null);
        without.TrendNote.ShouldNotBeNull().ShouldStartWith("No trend: evidence is kept for 126 days, and no period of this length");

        var closed = (await Desk.CloseAsync(from.AddDays(-72), to.AddDays(-72), Token)).ShouldNotBeNull();
        (await Desk.CloseAsync(from.AddDays(-72), to.AddDays(-72), Token)).ShouldBeNull("closed is closed");
        (await Desk.CloseAsync(now.AddDays(-60), now.AddDays(-50), Token)).ShouldBeNull("nothing was seen");
        await SaysTrendAsync(from, to.AddMinutes(1), closed);

        await _bench.RestartAsync();
        await SaysTrendAsync(from, to.AddMinutes(2), closed);
        var told = (await _bench.Http.GetFromJsonAsync(ReadApiPaths.ClosedPeriods, ContractJson.Default.IReadOnlyListAreaReport, Token)).ShouldNotBeNull()
            .Single(report => report.From == closed.From); // Beside the months that are due on the day of the test.
        (told.From, told.To, told.ClosedAt, told.Method).ShouldBe((closed.From, closed.To, closed.Report.ClosedAt, _bench.Pipeline.Method));
        told.Areas.Select(area => (area.Area, area.Index, area.Coverage)).ShouldBe(closed.Report.Areas.Select(area => (area.Area, area.Index, area.Coverage)));
        Streets(closed).ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Trend_of_a_short_period_is_out_of_evidence_as_ever_and_a_zone_says_why_it_has_none()
    {
        var now = DateTimeOffset.UtcNow;
        await DriveAsync("s-1", seed: 5, now.AddDays(-10));
        await DriveAsync("s-2", seed: 5, now.AddDays(-2));
        var week = await Desk.AllAsync(now.AddDays(-7), now, Token);
        week.TrendNote.ShouldBeNull();
        week.Areas.ShouldContain(area => area.Trend != null);
        week.Areas.Where(area => area.Trend is not null).ShouldAllBe(area => area.Detectors!.Single() == "litter-7.2");

        await Desk.CloseAsync(now.AddDays(-20), now.AddDays(-9), Token);
        var zone = await Desk.OneAsync(week.Areas[0].Area, new AreaQuestion(From: now.AddDays(-70), To: now), Token);
        zone.ShouldNotBeNull().TrendNote.ShouldNotBeNull().ShouldStartWith("No trend");
    }

    [Fact]
    public void Months_and_quarters_are_due_two_days_after_their_end_while_all_their_evidence_is_held()
    {
        string[] october = ["2026-07-01 2026-08-01", "2026-08-01 2026-09-01", "2026-07-01 2026-10-01", "2026-09-01 2026-10-01"];
        Due(new(2026, 11, 2, 23, 0, 0, TimeSpan.Zero)).ShouldBe(october, ignoreOrder: true);
        Due(new(2026, 11, 3, 0, 0, 0, TimeSpan.Zero)).ShouldBe([.. october, "2026-08-01 2026-11-01", "2026-10-01 2026-11-01"], ignoreOrder: true);
        Due(new(2026, 12, 6, 0, 0, 0, TimeSpan.Zero)).ShouldBe(
            ["2026-09-01 2026-10-01", "2026-10-01 2026-11-01", "2026-09-01 2026-12-01", "2026-11-01 2026-12-01"], ignoreOrder: true, "August is not wholly held any more");

        static IEnumerable<string> Due(DateTimeOffset now) => PeriodClerk.Due(now, Reach).Select(period => $"{period.From:yyyy-MM-dd} {period.To:yyyy-MM-dd}");
    }

    [Fact]
    public async Task Damaged_file_is_no_period_and_stops_nothing()
    {
        var folder = Path.Combine(_bench.Data, "periods");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "2026-08-01_2026-11-01.crow-2.json"), "{\"report\":{", Token);
        await File.WriteAllTextAsync(Path.Combine(folder, "2026-08-01_2026-09-01.crow-2.json"), "{}", Token);
        new ClosedPeriods(folder).All.ShouldBeEmpty();
    }

    private AreaDesk Desk => _bench.Service<AreaDesk>();

    private async Task SaysTrendAsync(DateTimeOffset from, DateTimeOffset to, ClosedPeriod closed)
    {
        var report = await Desk.AllAsync(from, to, Token);
        report.TrendNote.ShouldNotBeNull().ShouldStartWith($"Trend against {closed.From.UtcDateTime:d MMM yyyy} to {closed.To.UtcDateTime:d MMM yyyy} as it was computed on");
        var area = report.Areas.First(area => area.Trend is not null);
        var before = closed.Report.Areas.Single(kept => kept.Area == area.Area).Index.ShouldNotBeNull();
        area.Trend!.Value.ShouldBe(area.Index!.Value - before.Value, 0.001);

        // One truck drove both: what its camera shifts in both alike is no part of the trend's interval.
        var apart = Math.Sqrt(Math.Pow(area.Index.High - area.Index.Value, 2) + Math.Pow(before.High - before.Value, 2));
        (area.Trend.High - area.Trend.Value).ShouldBeLessThan(apart);
    }

    private int Streets(ClosedPeriod closed)
    {
        using var table = new StreamReader(new GZipStream(File.OpenRead(Directory.GetFiles(Path.Combine(_bench.Data, "periods"), $"{closed.From.UtcDateTime:yyyy-MM-dd}_{closed.To.UtcDateTime:yyyy-MM-dd}.*.csv.gz").Single()), CompressionMode.Decompress));
        table.ReadLine().ShouldBe("segmentId,index,low,high,coverage,timeShare,passes,singleSource");
        return table.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    private async Task DriveAsync(string session, int seed, DateTimeOffset at)
    {
        var client = await _bench.ConnectAsync(session);
        foreach (var batch in new Drive(_bench.Network, "truck-1", session, seed, at.ToUnixTimeMilliseconds()).Over(40).Batches(20))
        {
            await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse("truck-1")), batch);
        }

        await _bench.SettledAsync();
    }
}
