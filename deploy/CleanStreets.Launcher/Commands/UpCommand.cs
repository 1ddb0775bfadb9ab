using System.CommandLine;
using CleanStreets.Launcher.Processes;

namespace CleanStreets.Launcher.Commands;

/// <summary><c>up</c>: ingest and dashboard, no simulation.</summary>
internal static class UpCommand
{
    public static Command Create(TimeProvider time)
    {
        var options = new ServiceOptions();
        var command = new Command("up", "Run ingest and dashboard, without a simulated fleet.");
        options.AddTo(command);
        var access = new TruckAccessOptions();
        access.AddTo(command);
        var fleet = new FleetOptions();
        fleet.AddTo(command);
        var evidence = new EvidenceOptions();
        evidence.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var arguments = access.Arguments(parsed);
            var door = fleet.Read(parsed, arguments);
            return RunAsync(CitySettings.From(parsed, options, demoUsers: false) with { TruckAccess = arguments, Fleet = door, Evidence = evidence.DashboardArguments(parsed) }, time, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(CitySettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await using var city = await City.StartAsync(settings, cancellationToken);
            await Console.Out.WriteLineAsync($"""
                {city.ReadyLine("up")}

                CleanStreets is up.
                  dispatcher map   {city.Http}/
                  crew page        {city.Http}/crew
                  trucks (MQTT)    {city.Mqtt}{(city.MqttTls is { } tls ? $", with TLS {tls}" : "")}{(city.Broker is { } broker ? $", by the broker {broker}" : "")}
                  boxes            {(city.Fleet is { } door ? $"enrol at {door}; codes: ./cleanstreets fleet codes BOX --truck TRUCK --data {settings.Data.Dashboard}" : "no door (--fleet HOST:PORT)")}
                  logs             {city.Logs}

                Ctrl-C stops it.
                """);
            return await city.RunUntilStoppedAsync(time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped while a program was still starting.
            return 0;
        }
    }
}
