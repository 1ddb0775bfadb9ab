namespace CleanStreets.Dashboard.Data;

/// <summary>Ends the program when its folder is taken away: what it writes then goes into files that nobody will find again.</summary>
/// <remarks>SQLite goes on without a word in a file that was deleted under it, so this looks at the lock file, which is there as long as the folder is.</remarks>
internal sealed class DataFolderWatch(DashboardOptions options, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Why the program had to end; null while the folder is there.</summary>
    public string? Problem { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        using var stopping = stoppingToken.Register(timer.Dispose);
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            if (!File.Exists(DashboardDatabase.LockFileIn(options.DataFolder)))
            {
                Problem = $"the folder {options.DataFolder} is gone, or its files are. Put the folder or its disk back and start again.";
                lifetime.StopApplication();
                return;
            }
        }
    }
}
