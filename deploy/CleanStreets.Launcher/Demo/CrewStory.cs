using System.Globalization;

namespace CleanStreets.Launcher.Demo;

/// <summary>The demo's crew: does one order after another through the crew's own HTTP surface and tells what happens.</summary>
/// <remarks>
/// It works at a person's pace sped up, one order at a time, and waits for a truck to verify the last one, so that the terminal tells whole
/// loops. It never touches a score: only trucks do.
/// </remarks>
internal sealed class CrewStory(DashboardClient dashboard, TextWriter console, TimeProvider time)
{
    private const string Crew = "crew-1";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DriveThere = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Clean = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);

    /// <summary>Works until cancelled; a dashboard that is away for a while is waited for.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TryAsync(() => dashboard.LogInAsync(Crew, Crew, cancellationToken), cancellationToken);
            await SayAsync("Trucks are driving. Streets that are probably dirty become work orders, the most worthwhile first.");
            while (!cancellationToken.IsCancellationRequested)
            {
                var order = await NextOrderAsync(cancellationToken);
                await WorkAsync(order, cancellationToken);
                await VerifiedAsync(order, cancellationToken);
                await Task.Delay(Rest, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The demo is being stopped: the story simply ends.
        }
        finally
        {
            dashboard.Dispose();
        }
    }

    private async Task<CrewOrder> NextOrderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var orders = await TryAsync(() => dashboard.OrdersAsync(cancellationToken), cancellationToken);
            if (orders.FirstOrDefault(order => order.State is "assigned" or "open" or "reopened" or "accepted" or "in_progress") is { } next)
            {
                return next;
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private async Task WorkAsync(CrewOrder order, CancellationToken cancellationToken)
    {
        await SayAsync($"{Crew} has an order: {Street(order)}, grade {order.LetterThen}. It accepts and drives there.");
        if (order.State is not ("accepted" or "in_progress"))
        {
            await RecordAsync(order, new CrewEvent("accept"), cancellationToken);
        }

        await Task.Delay(DriveThere, time, cancellationToken);
        if (order.State != "in_progress")
        {
            await RecordAsync(order, new CrewEvent("start"), cancellationToken);
        }

        await Task.Delay(Clean, time, cancellationToken);
        await RecordAsync(order, new CrewEvent("end", "collected", "Collected by the demo's crew."), cancellationToken);
        await SayAsync($"{Crew} says {Street(order)} is done. Done is not verified: another truck has to see it clean.");
    }

    private async Task VerifiedAsync(CrewOrder order, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var now = await TryAsync(() => dashboard.OrderAsync(order.OrderId, cancellationToken), cancellationToken);
            if (now.State == "verified")
            {
                var waited = time.GetElapsedTime(since).TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
                await SayAsync($"A truck has seen {Street(order)} clean, {waited} s after the crew was done: the order is verified.");
                return;
            }

            if (now.State is not "done")
            {
                await SayAsync($"{Street(order)} is {now.State.Replace('_', ' ')}: a truck did not find it clean.");
                return;
            }

            if (time.GetElapsedTime(since) > Patience)
            {
                await SayAsync($"No truck has passed {Street(order)} yet: it stays done, not verified, until one does. {Crew} goes on.");
                return;
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private async Task RecordAsync(CrewOrder order, CrewEvent happened, CancellationToken cancellationToken)
    {
        try
        {
            await dashboard.RecordAsync(order.OrderId, happened, cancellationToken);
        }
        catch (HttpRequestException refused)
        {
            await SayAsync($"{Crew} could not {happened.Kind} {Street(order)}: {refused.Message}");
        }
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (HttpRequestException)
            {
                await Task.Delay(Look, time, cancellationToken);
            }
        }
    }

    private Task<bool> TryAsync(Func<Task> ask, CancellationToken cancellationToken) => TryAsync(
        async () =>
        {
            await ask();
            return true;
        },
        cancellationToken);

    private static string Street(CrewOrder order) => order.SegmentName ?? order.SegmentId;

    private Task SayAsync(string sentence) => console.WriteLineAsync($"[{time.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture)}] {sentence}");
}
