using CleanStreets.Edge.Position;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Sensors;

/// <summary>Keeps a sensor running: one that is gone is tried again, and each outage is one line in the log.</summary>
internal static partial class SensorRunner
{
    /// <summary>Hears a sensor until stopped.</summary>
    public static async Task RunAsync(SensorOptions options, SensorBoard board, TimeProvider time, ILoggerFactory loggers, CancellationToken stop)
    {
        var logger = loggers.CreateLogger("CleanStreets.Edge.Sensors");
        var retry = new Retry(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), time);
        var isLost = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Source(options, time, loggers).RunAsync(
                    line =>
                    {
                        if (isLost)
                        {
                            isLost = false;
                            Back(logger, Credentials.Without(options.Source));
                        }

                        retry.Succeeded();
                        board.Take(line, options);
                    },
                    stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or HttpRequestException or OperationCanceledException or InvalidOperationException)
            {
                if (!isLost)
                {
                    isLost = true;
                    Lost(logger, Credentials.Without(options.Source), Credentials.Without(ex.Message, options.Source));
                }
            }

            try
            {
                await retry.WaitAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static ISensorSource Source(SensorOptions options, TimeProvider time, ILoggerFactory loggers) => options.Kind switch
    {
        "serial" => new SerialSensor(options),
        "file" => new FileSensor(options, time),
        "http" => new HttpSensor(options, time),
        "mqtt" => new MqttSensor(options, time, loggers),
        var kind => throw new InvalidOperationException($"There is no kind of sensor '{kind}'."),
    };

    [LoggerMessage(1085, LogLevel.Warning, "The sensor {Source} is gone ({Reason}); trying again. Its values are left out")]
    private static partial void Lost(ILogger logger, string source, string reason);

    [LoggerMessage(1086, LogLevel.Information, "The sensor {Source} speaks again")]
    private static partial void Back(ILogger logger, string source);
}
