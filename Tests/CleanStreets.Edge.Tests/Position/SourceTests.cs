using System.Collections.Concurrent;
using System.Globalization;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Position;

/// <summary>Real receivers' ways in: gpsd with gpsfake behind it, a pipe, a recording.</summary>
public sealed class SourceTests : IDisposable
{
    private const string GpsFake = "/usr/bin/gpsfake";
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 5, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<Fix> _fixes = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Gpsd_gives_fixes_with_satellite_time_and_is_found_again_after_it_went_away()
    {
        Assert.SkipUnless(File.Exists(GpsFake), $"needs {GpsFake} (apt: gpsd-clients, gpsd)");
        var port = FreePort.Next();
        var log = _folder.Combine("drive.nmea");
        await File.WriteAllLinesAsync(log, Nmea.Drive(Start, 60).Select(line => line + "\r"), TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var lines = new List<string>();
        var listening = new GpsdSource("127.0.0.1", port, TimeProvider.System, new LineLogger(lines)).RunAsync(TakeAsync, stop.Token);
        for (var round = 1; round <= 2; round++)
        {
            _fixes.Clear();
            await using var gpsd = ProductProgram.StartProcess(GpsFake, ["-q", "-P", port.ToString(CultureInfo.InvariantCulture), "-c", "0.05", log]);
            await Eventually.TrueAsync($"gpsd gave places in round {round}{Environment.NewLine}{gpsd.Output}", () => _fixes.Count(fix => fix.HasPosition) >= 10);
            await gpsd.StopAsync(Eventually.Patience); // And gpsd with it.
        }

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(listening);
        var fix = _fixes.Last(fix => fix.HasPosition);
        fix.Latitude.ShouldBeInRange(37.8, 37.81);
        fix.Longitude.ShouldBe(-122.27, 1e-5);
        fix.SpeedMetresPerSecond.ShouldBe(5, 0.1);
        fix.GnssTime.ShouldNotBeNull().ShouldBeInRange(Start, Start.AddMinutes(1));
        lines.Count(line => line.Contains("No position from gpsd", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(1);
        lines.Count(line => line.Contains("speaks again", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task Gpsd_without_a_fix_gives_no_place()
    {
        Assert.SkipUnless(File.Exists(GpsFake), $"needs {GpsFake} (apt: gpsd-clients, gpsd)");
        var port = FreePort.Next();
        var log = _folder.Combine("void.nmea");
        await File.WriteAllLinesAsync(log, Nmea.Drive(Start, 60, status: 'V').Select(line => line + "\r"), TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var listening = new GpsdSource("127.0.0.1", port, TimeProvider.System, NullLogger.Instance).RunAsync(TakeAsync, stop.Token);
        await using var gpsd = ProductProgram.StartProcess(GpsFake, ["-q", "-P", port.ToString(CultureInfo.InvariantCulture), "-c", "0.05", log]);
        await Eventually.TrueAsync($"gpsd spoke{Environment.NewLine}{gpsd.Output}", () => _fixes.Count >= 5);
        await gpsd.StopAsync(Eventually.Patience);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(listening);
        _fixes.ShouldAllBe(fix => !fix.HasPosition);
    }

    [Fact]
    public async Task Pipe_of_sentences_gives_fixes_and_is_opened_again()
    {
        var pipe = _folder.Combine("receiver");
        await using (var made = ProductProgram.StartProcess("mkfifo", [pipe]))
        {
            await made.ExitAsync(Eventually.Patience);
        }

        using var stop = new CancellationTokenSource();
        var lines = new List<string>();
        var source = new NmeaSource(pipe, 9600, TimeProvider.System, new LineLogger(lines));
        var listening = source.RunAsync(TakeAsync, stop.Token);
        for (var round = 1; round <= 2; round++)
        {
            await File.WriteAllTextAsync(pipe, $"noise\n{new string('x', 3000)}\n{string.Join('\n', Nmea.Drive(Start, 3))}\n", TestContext.Current.CancellationToken);
            await Eventually.TrueAsync("its fixes came", () => _fixes.Count == 3 * round);
            await Eventually.TrueAsync("it has let the pipe go: what is written into one that nobody will read is lost", () => Ends() == round);
        }

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(listening);
        source.BadLines.ShouldBe(4, "noise and an endless line, twice");

        int Ends()
        {
            lock (lines)
            {
                return lines.Count(line => line.Contains("it ended", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task Recording_is_moved_to_now_and_keeps_its_own_pace()
    {
        var log = _folder.Combine("drive.nmea");
        await File.WriteAllLinesAsync(log, Nmea.Drive(Start, 3), TestContext.Current.CancellationToken);
        var before = TimeProvider.System.GetUtcNow();
        await new ReplaySource(log, TimeProvider.System, NullLogger.Instance).RunAsync(TakeAsync, TestContext.Current.CancellationToken);
        var times = _fixes.Select(fix => fix.GnssTime!.Value).ToList();
        times.Zip(times.Skip(1), (a, b) => b - a).ShouldAllBe(gap => gap == TimeSpan.FromSeconds(1));
        times[0].ShouldBeGreaterThanOrEqualTo(before);
        TimeProvider.System.GetUtcNow().ShouldBeGreaterThanOrEqualTo(times[^1]);
        Should.Throw<PositionException>(() => ReplaySource.Read(_folder.Combine("none"))).Message.ShouldContain("cannot be read");
    }

    private ValueTask TakeAsync(Fix fix)
    {
        _fixes.Enqueue(fix);
        return ValueTask.CompletedTask;
    }
}
