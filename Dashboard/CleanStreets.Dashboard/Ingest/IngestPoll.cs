using CleanStreets.Dashboard.Live;

namespace CleanStreets.Dashboard.Ingest;

/// <summary>Asks ingest every few seconds how it does, and reads the streets whenever their version is new.</summary>
internal sealed class IngestPoll(ReadApiClient readApi, IngestState state, LiveHub live, LiveBoard board, DashboardOptions options, TimeProvider time, ILogger<IngestPoll> logger) : BackgroundService
{
    // While there is no map yet, people look at an empty page.
    private static readonly TimeSpan WithoutStreets = TimeSpan.FromMilliseconds(500);

    private string? _lastProblem;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await AskAsync(stoppingToken);
                await Task.Delay(board.Current is null && WithoutStreets < options.PollInterval ? WithoutStreets : options.PollInterval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Our own shutdown is quiet.
        }
    }

    private async Task AskAsync(CancellationToken stopping)
    {
        var status = await readApi.StatusAsync(stopping);
        if (status.Value is { } value)
        {
            state.Answered(value, time.GetUtcNow());
        }
        else
        {
            state.DidNotAnswer(status.Problem!, time.GetUtcNow());
        }

        var problem = status.Problem;
        if (status.Value is { } known && known.NetworkVersion != board.Current?.Map.Version)
        {
            problem = await ReadStreetsAsync(stopping);
        }

        Say(problem);
    }

    private async Task<string?> ReadStreetsAsync(CancellationToken stopping)
    {
        var streets = await readApi.StreetsAsync(stopping);
        if (streets.Value is not { } map)
        {
            return streets.Problem;
        }

        if (map.Version != board.Current?.Map.Version)
        {
            await live.PostAsync(new LiveInput.StreetsLoaded(map));
            IngestLog.StreetsRead(logger, map.Segments.Count, map.Version);
        }

        return null;
    }

    // One line an episode, not one a poll.
    private void Say(string? problem)
    {
        if (problem == _lastProblem)
        {
            return;
        }

        if (problem is null)
        {
            IngestLog.Answers(logger);
        }
        else
        {
            IngestLog.DoesNotAnswer(logger, problem);
        }

        _lastProblem = problem;
    }
}
