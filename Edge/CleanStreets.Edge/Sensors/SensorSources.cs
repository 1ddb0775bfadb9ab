using System.Text;
using CleanStreets.Edge.Position;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Sensors;

/// <summary>A serial line or pipe that sends a line whenever it has measured.</summary>
internal sealed class SerialSensor(SensorOptions options) : ISensorSource
{
    /// <inheritdoc/>
    public async Task RunAsync(Action<string> take, CancellationToken stop)
    {
        await SerialLine.ReadLinesAsync(
            options.Source, options.Baud, Encoding.UTF8,
            line =>
            {
                if (line.Length > 0)
                {
                    take(line);
                }

                return ValueTask.CompletedTask;
            },
            stop);
        throw new IOException($"{options.Source} ended");
    }
}

/// <summary>A file that somebody overwrites, such as those of sysfs: its first line, again and again.</summary>
internal sealed class FileSensor(SensorOptions options, TimeProvider time) : ISensorSource
{
    /// <inheritdoc/>
    public async Task RunAsync(Action<string> take, CancellationToken stop)
    {
        while (true)
        {
            using (var file = new StreamReader(options.Source, Encoding.UTF8))
            {
                take(await file.ReadLineAsync(stop) ?? "");
            }

            await Task.Delay(TimeSpan.FromSeconds(options.EverySeconds), time, stop);
        }
    }
}

/// <summary>A box that answers over HTTP.</summary>
internal sealed class HttpSensor(SensorOptions options, TimeProvider time) : ISensorSource
{
    private const int MaxBytes = 64 * 1024;

    /// <inheritdoc/>
    public async Task RunAsync(Action<string> take, CancellationToken stop)
    {
        var source = new Uri(options.Source);
        using var handler = new HttpClientHandler { Credentials = SensorLogin.Of(source) }; // Basic or digest, as the box asks.
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = MaxBytes };
        while (true)
        {
            take(await client.GetStringAsync(source, stop));
            await Task.Delay(TimeSpan.FromSeconds(options.EverySeconds), time, stop);
        }
    }
}

/// <summary>A topic of the box's own broker.</summary>
internal sealed class MqttSensor(SensorOptions options, TimeProvider time, ILoggerFactory loggers) : ISensorSource
{
    /// <inheritdoc/>
    public async Task RunAsync(Action<string> take, CancellationToken stop)
    {
        var source = new Uri(options.Source);
        var login = SensorLogin.Of(source);
        await using var client = new MqttClient(
            new MqttClientOptions
            {
                Host = source.IdnHost,
                Port = source.IsDefaultPort || source.Port < 0 ? 1883 : source.Port,
                UserName = login?.UserName,
                Password = login?.Password,
            },
            time,
            loggers.CreateLogger<MqttClient>());
        await client.SubscribeAsync(
            Uri.UnescapeDataString(source.AbsolutePath.TrimStart('/')), QualityOfService.AtMostOnce,
            (message, _) =>
            {
                take(Encoding.UTF8.GetString(message.Payload.Span));
                return ValueTask.CompletedTask;
            },
            stop);
        await client.StartAsync(stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
    }
}
