using System.Diagnostics;

namespace CleanStreets.Testing;

/// <summary>Waiting for a stated reason to hold, with a deadline so generous that only a broken promise reaches it.</summary>
public static class Eventually
{
    /// <summary>How long a test waits by default.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Asks <paramref name="probe"/> until it gives something other than null.</summary>
    /// <param name="reason">What is waited for, for the failure's message.</param>
    /// <param name="probe">Gives the awaited thing, or null.</param>
    /// <param name="patience">How long; default <see cref="Patience"/>.</param>
    public static async Task<T> GetAsync<T>(string reason, Func<Task<T?>> probe, TimeSpan? patience = null)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await probe() is { } found)
            {
                return found;
            }

            if (watch.Elapsed > (patience ?? Patience))
            {
                throw new TimeoutException($"Waited {watch.Elapsed.TotalSeconds:0} s in vain: {reason}.");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Asks <paramref name="probe"/> until it is true.</summary>
    public static Task TrueAsync(string reason, Func<bool> probe, TimeSpan? patience = null) =>
        GetAsync(reason, () => Task.FromResult(probe() ? "yes" : null), patience);

    /// <summary>Asks <paramref name="probe"/>, which itself has to wait, until it is true.</summary>
    public static Task TrueAsync(string reason, Func<Task<bool>> probe, TimeSpan? patience = null) =>
        GetAsync(reason, async () => await probe() ? "yes" : null, patience);
}
