using System.CommandLine;
using CleanStreets.Edge.Run;

namespace CleanStreets.Edge.Doctor;

/// <summary><c>edge doctor</c>: looks at everything that a box needs and says what to mend.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string> Settings = new("--settings") { Description = "The box's settings, JSON.", Required = true };

    public static Command Create(TimeProvider time)
    {
        var command = new Command("doctor", "Check clock, DNS, TLS, broker, position, camera, model and disk of this box.") { Settings };
        command.SetAction((parsed, stop) => RunAsync(EdgeSettingsFile.Read(parsed.GetRequiredValue(Settings)), Console.Out, time, stop));
        return command;
    }

    /// <summary>Writes a line a check.</summary>
    /// <returns>1 when any failed, else 0.</returns>
    private static async Task<int> RunAsync(EdgeSettings settings, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        var place = BoxChecks.PlaceAsync(settings.Position, time, stop);
        var way = settings.IotHub is { } hub ? HubChecks.AllAsync(settings, hub, time, stop) : WayAsync(settings, settings.Mqtt!, time, stop);
        var camera = BoxChecks.CameraAsync(settings.Camera, AgentLock.IsHeld(settings.Data), time, stop);
        var (clock, position) = await place;
        List<Diagnosis> all = [clock, .. await way, position, await camera, BoxChecks.Model(settings.Camera)];
        if (BoxChecks.Trial(settings.Camera) is { } trial)
        {
            all.Add(trial);
        }

        all.Add(BoxChecks.Disk(settings));
        foreach (var diagnosis in all)
        {
            await output.WriteLineAsync(diagnosis.Line);
        }

        return all.Exists(diagnosis => diagnosis.Verdict == Verdict.Fail) ? 1 : 0;
    }

    private static async Task<IReadOnlyList<Diagnosis>> WayAsync(EdgeSettings settings, MqttSettings mqtt, TimeProvider time, CancellationToken stop) =>
        await Task.WhenAll(
            LinkChecks.DnsAsync(mqtt.Host, "mqtt.host", time, stop), LinkChecks.TlsAsync(mqtt, time, stop), LinkChecks.BrokerAsync(settings, mqtt, time, stop));
}
