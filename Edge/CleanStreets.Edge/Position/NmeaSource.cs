using System.Text;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Position;

/// <summary>NMEA sentences from a serial device or a pipe, as they come. A device that goes away is opened again.</summary>
internal sealed class NmeaSource(string path, int baud, TimeProvider time, ILogger logger) : IPositionSource
{
    private readonly Retry _retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15), time);
    private readonly NmeaReader _reader = new();

    /// <inheritdoc/>
    public string Name => $"nmea {path}";

    /// <inheritdoc/>
    public bool IsRecording => false;

    /// <summary>Lines that were no sentence.</summary>
    public long BadLines => _reader.Bad;

    /// <inheritdoc/>
    public async Task RunAsync(Func<Fix, ValueTask> take, CancellationToken stop)
    {
        var isLost = false;
        while (true)
        {
            var reason = "it ended";
            try
            {
                await SerialLine.ReadLinesAsync(
                    path, baud, Encoding.ASCII,
                    async line =>
                    {
                        if (_reader.Take(line) is { } fix)
                        {
                            if (isLost)
                            {
                                isLost = false;
                                PositionLog.Back(logger, Name);
                            }

                            _retry.Succeeded();
                            await take(fix);
                        }
                    },
                    stop);
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
            {
                reason = ex.Message;
            }

            if (!isLost)
            {
                isLost = true;
                PositionLog.Lost(logger, Name, reason);
            }

            await _retry.WaitAsync(stop);
        }
    }
}
