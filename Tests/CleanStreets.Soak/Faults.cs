using CleanStreets.Testing;

namespace CleanStreets.Soak;

/// <summary>One round of each fault.</summary>
internal static class Faults
{
    private const int HalfRecordBytes = 150;

    // Preloaded without its wrapper, which would take the signals meant for Ingest.
    private const string Faketime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    /// <summary>Every second kill hits a service that acknowledges, the others one that is just starting: it may be anywhere in its recovery.</summary>
    public static async Task KillAsync(SoakRun run, int round)
    {
        if (round % 2 == 0)
        {
            await run.FirstAcknowledgementAsync();
            await run.LetRunAsync(0, 300);
            await run.Ingest.KillAsync();
            await run.SpawnAsync();
        }
        else
        {
            await run.LetStartAsync();
            await run.Ingest.KillAsync();
            await run.StartAsync();
        }
    }

    public static async Task TailAsync(SoakRun run, int round)
    {
        await run.LetRunAsync(100, 500);
        await run.Ingest.KillAsync();
        var newest = Directory.GetFiles(Path.Combine(run.Data, "journal"), "*.journal").Order(StringComparer.Ordinal).Last();
        var bytes = await File.ReadAllBytesAsync(newest);
        await using (var file = new FileStream(newest, FileMode.Append))
        {
            file.Write(round % 2 == 0 ? bytes.AsSpan(^Math.Min(bytes.Length, HalfRecordBytes)) : new byte[run.Random.Next(1, 5000)]);
        }

        await run.StartAsync();
    }

    public static async Task FsyncAsync(SoakRun run, int round)
    {
        await run.LetRunAsync(100, 500);
        await using var strace = ProductProgram.StartProcess(
            "strace", ["-f", "-p", $"{run.Ingest.Id}", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO"]);
        await run.Ingest.ExitAsync(SoakRun.Patience);
        await run.StartAsync();
    }

    /// <summary>Every second round the service is killed while the disk is full: the start then waits for room.</summary>
    public static async Task DiskAsync(SoakRun run, int round)
    {
        await run.LetRunAsync(200, 500);
        var said = run.Ingest.Output.Split("Nothing more is acknowledged").Length;
        var ballast = Path.Combine(run.Data, "..", "ballast");
        Fill(ballast);
        await Eventually.TrueAsync("the full disk is said", () => run.Ingest.Output.Split("Nothing more is acknowledged").Length > said);
        if (round % 2 == 1)
        {
            await run.Ingest.KillAsync();
            await run.SpawnAsync();
            await Eventually.TrueAsync("the start waits for room", () => run.Ingest.Output.Contains("waiting ingest"));
        }

        await run.LetRunAsync(500, 1500);
        File.Delete(ballast);
        await run.ReadyAsync();
        await run.ProgressAsync();
    }

    public static async Task LinkAsync(SoakRun run, int round)
    {
        await run.LetRunAsync(50, 300);
        if (round % 3 == 0)
        {
            run.Link.LoseAnswers();
            await run.LetRunAsync(50, 200);
        }

        run.Link.Cut();
        await run.LetRunAsync(10, 300);
        run.Link.Restore();
        if (round % 10 == 9)
        {
            await run.ProgressAsync();
        }
    }

    public static async Task ClockAsync(SoakRun run, int round)
    {
        await run.LetRunAsync(500, 1500);
        await run.Ingest.StopAsync(SoakRun.Patience);
        await run.StartAsync(round % 2 == 0 ? ["FAKETIME=-20y", $"LD_PRELOAD={Faketime}"] : []);
        await run.ProgressAsync();
    }

    public static async Task RepeatsAsync(SoakRun run, int round)
    {
        await run.LetRunAsync(100, 300);
        await run.Fleet.PlayBackAsync(run.Random.Next(run.Fleet.Count));
    }

    public static async Task PoisonAsync(SoakRun run, int round)
    {
        await run.Fleet.PoisonAsync(messages: 2 * SoakFleet.Window);
        await run.ProgressAsync();
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
