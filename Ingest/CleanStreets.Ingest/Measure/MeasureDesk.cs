using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Measure;

/// <summary>Says what the city's numbers were made with, and keeps the book of it up to date.</summary>
/// <remarks>Detectors are compared anew every ten minutes at most, out of a copy of the evidence, on the asker's thread and never in the Score loop.</remarks>
internal sealed class MeasureDesk(IngestPipeline pipeline, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Holds = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _turn = new(1);
    private DateTimeOffset? _comparedAt;

    /// <summary>What numbers were and are made with.</summary>
    public async Task<MeasureHistory> HistoryAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            if (!pipeline.Recovered.IsCompletedSuccessfully)
            {
                return pipeline.Measure.History; // Half the evidence would be taken for the whole.
            }

            if (_comparedAt is not { } at || (now - at).Duration() > Holds)
            {
                var views = await pipeline.Questions.DetectorsAsync(cancellationToken);
                var seen = await Task.Run(() => views.ToLedger().Tell(), cancellationToken);
                _comparedAt = now;
                try
                {
                    pipeline.Measure.NoteDetectors(seen);
                }
                catch (IOException)
                {
                    // The journal's disk is this one, and says loudly when it is full. What was noted is told, and written with the next.
                }
            }

            return pipeline.Measure.History;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
