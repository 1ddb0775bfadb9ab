namespace CleanStreets.Testing;

/// <summary>Waits for an ingest process whose scores catch up behind its start.</summary>
public static class Recovered
{
    private static readonly HttpClient Http = new();

    /// <summary>Waits until the metric <c>ready</c> of the service is 1.</summary>
    /// <param name="readApi">Address of its read API.</param>
    /// <param name="patience">How long; default <see cref="Eventually.Patience"/>.</param>
    public static Task AtAsync(Uri readApi, TimeSpan? patience = null) => Eventually.TrueAsync(
        "scores are recovered",
        async () => (await Http.GetStringAsync(new Uri(readApi, "/metrics"))).Contains("cleanstreets_ingest_ready 1\n", StringComparison.Ordinal),
        patience);
}
