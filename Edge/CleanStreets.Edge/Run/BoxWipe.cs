using CleanStreets.Contracts;
using CleanStreets.Edge.Enroll;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

/// <summary>Forgets everything that the box holds: first what makes readings unreadable, then readings and pictures, then, when the city has heard of it, certificate and settings.</summary>
/// <remarks>
/// Cut off in the middle it begins anew at the next start, as long as the certificate is there: the city's wish waits on its topic. Settings that are root's stay, and <see cref="WipedMark"/> with them.
/// </remarks>
internal static class BoxWipe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Forgets, with nothing of the box in use.</summary>
    public static async Task RunAsync(EdgeSettings settings, string settingsPath, DeviceId device, string wish, TimeProvider time, ILoggerFactory loggers, CancellationToken stop)
    {
        var logger = loggers.CreateLogger(typeof(BoxWipe));
        var answer = CommandAnswer.Ok(default);
        try
        {
            SpoolWipe.Run(SpoolPlace.Of(settings, Environment.GetEnvironmentVariable(SpoolPlace.CredentialsVariable)));
            foreach (var folder in Directory.EnumerateDirectories(settings.Data).Where(folder => Path.GetFileName(folder) != "identity"))
            {
                Directory.Delete(folder, recursive: true);
            }

            foreach (var file in Directory.EnumerateFiles(settings.Data))
            {
                File.Delete(file);
            }
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            RunLog.NotWiped(logger, ex.Message);
            answer = CommandAnswer.Problem(500, ex.Message);
        }

        var isHeard = await ReportAsync(settings, device, wish, answer, time, loggers, stop);
        if (answer.Status == 200)
        {
            Leave(settings.Data, settingsPath, logger);
            RunLog.Wiped(logger, isHeard ? "the city has heard of it" : "the city could not be told: revoke the box there");
        }
    }

    /// <summary>Certificate and settings go; the mark first, because without certificate the settings cannot be used any more.</summary>
    private static void Leave(string data, string settingsPath, ILogger logger)
    {
        try
        {
            WipedMark.Set(data);
            BoxIdentity.In(data).Forget();
            File.Delete(settingsPath);
            File.Delete(settingsPath + ".before");
            WipedMark.Remove(data);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            RunLog.SettingsStay(logger, settingsPath, ex.Message);
        }
    }

    private static async Task<bool> ReportAsync(EdgeSettings settings, DeviceId device, string wish, CommandAnswer answer, TimeProvider time, ILoggerFactory loggers, CancellationToken stop)
    {
        var options = LinkOptions.Of(settings);
        var connection = new MqttClientOptions { Host = options.Host, Port = options.Port, ClientId = device.Value };
        await using var client = new MqttClient(options.Connection?.Invoke(connection) ?? connection, time, loggers.CreateLogger<MqttClient>());
        try
        {
            await client.StartAsync(stop);
            await client.WaitConnectedAsync(stop).WaitAsync(Patience, time, stop);

            // Retained: the registry may be away just now.
            await client.PublishAsync(BoxListener.AnswerMessage(options.Topics, device, wish, answer, retain: true), stop).AsTask().WaitAsync(Patience, time, stop);
            return true;
        }
        catch (Exception ex) when (ex is TimeoutException or MqttLinkLostException or OperationCanceledException)
        {
            return false;
        }
    }
}
