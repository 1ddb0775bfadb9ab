using System.CommandLine;
using System.Net;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Receive;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Scoring.Index;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Verbs;

/// <summary><c>run</c>: the ingestion service.</summary>
internal static class RunCommand
{
    private const int DefaultMqttPort = 1883;
    private const int DefaultReadApiPort = 8090;

    public static Command Create(TimeProvider time)
    {
        var data = new Option<string>("--data") { Description = "Folder of ingest's own files.", Required = true };
        var mqtt = EndpointOption.Create("--mqtt", "Where MQTT is listened for.", new IPEndPoint(IPAddress.Loopback, DefaultMqttPort));
        var readApi = EndpointOption.Create("--read-api", "Where the read API answers.", new IPEndPoint(IPAddress.Loopback, DefaultReadApiPort));
        var streets = new Option<string?>("--streets") { Description = "GeoJSON of the streets, or generated:SEED. Default: what was used last." };
        var broker = new Option<BrokerAddress?>("--mqtt-broker")
        {
            Description = "Somebody else's broker to receive from and publish on: mqtt(s)://[user@]HOST[:PORT]. Our own listener is then off, unless --mqtt is given too.",
            CustomParser = result =>
            {
                if (!BrokerAddress.TryParse(result.Tokens is [var token] ? token.Value : string.Empty, out var address, out var problem))
                {
                    result.AddError(problem);
                }

                return address;
            },
        };
        var events = EndpointOption.CreateOptional("--events", "Where events are taken over HTTP, beside the read API's address.", "0.0.0.0:8443");
        var mqttTls = EndpointOption.CreateOptional("--mqtt-tls", "Where MQTT over TLS is listened for as well: where trucks connect.", "0.0.0.0:8883");
        var access = new AccessOptions(prefix: "mqtt-");
        var assignments = new Option<string?>("--mqtt-assignments")
        {
            Description = "Which box sat on which truck when (deviceId,truckId,from,to): readings of others are quarantined. Read again when it changes.",
            HelpName = "FILE",
        };
        var insecure = new Option<bool>("--insecure-beyond-loopback") { Description = "Take anonymous senders or clear text on an address that other machines reach." };
        var stores = new Option<string[]>("--store")
        {
            Description = "Where passes and scores are stored: sqlite (default), influx=URL or victoria=URL. Several are written side by side; history is read from the first.",
            DefaultValueFactory = _ => [],
        };
        var method = new Option<string?>("--method") { Description = $"How streets are scored. Default: as they were; a new city by {ScoreMethods.Default}." };
        var areas = new Option<string?>("--areas") { Description = "GeoJSON layer of districts for scorecards, or generated. Default: generated for a generated city." };
        method.AcceptOnlyFromAmong([.. ScoreMethods.Names]);
        var command = new Command("run", "Receive readings, keep them, and score the streets.") { data, mqtt, mqttTls };
        access.AddTo(command);
        foreach (var option in new Option[] { readApi, streets, broker, events, assignments, stores, method, areas, insecure })
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(
            new RunSettings(
                parsed.GetValue(data)!,
                parsed.GetValue(broker) is null || parsed.GetResult(mqtt) is { Implicit: false } ? parsed.GetValue(mqtt) : null,
                parsed.GetValue(readApi)!,
                parsed.GetValue(streets))
            {
                Broker = parsed.GetValue(broker),
                Events = parsed.GetValue(events),
                Stores = parsed.GetValue(stores)!,
                Assignments = parsed.GetValue(assignments),
                Method = parsed.GetValue(method),
                Areas = parsed.GetValue(areas),
                Insecure = parsed.GetValue(insecure),
            },
            () => access.Read(parsed, parsed.GetValue(mqttTls) is { } address ? [new MqttEndpoint(address, MqttTransport.Tls)] : []),
            time,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(RunSettings settings, Func<MqttListenerOptions> readAccess, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            settings = settings with { Access = readAccess() };
            if (settings.Listener is null && (settings.Access.AclFile ?? settings.Access.PasswordFile) is not null)
            {
                throw new UsageException(
                    $"{(settings.Access.AclFile is null ? "--mqtt-password-file" : "--mqtt-acl")} is for our own listener, which is off with --mqtt-broker: the broker has rules of its own. Leave it out, or give --mqtt or --mqtt-tls too.");
            }

            if (!settings.Insecure && settings.Listener is { } listener && BeyondLoopback.CityRefusal(listener) is { } refusal)
            {
                throw new UsageException(refusal);
            }

            // fsync and SQLite block a thread of the pool; on two cores its own minimum of two would make the other stages wait.
            ThreadPool.SetMinThreads(16, 16);
            var room = new WaitingRoom(settings, time);
            while (await room.PassAsync(cancellationToken))
            {
                if (await RunOnceAsync(settings, room, time, cancellationToken) is { } code)
                {
                    return code;
                }
            }

            return 0;
        }
        catch (Exception ex) when (Sentence(ex, settings) is { } sentence)
        {
            await Console.Error.WriteLineAsync($"ingest: {sentence}");
            return 2;
        }
    }

    /// <summary>Starts the service and runs it to its end; null when the disk became full before it had started, which <paramref name="room"/> knows then.</summary>
    private static async Task<int?> RunOnceAsync(RunSettings settings, WaitingRoom room, TimeProvider time, CancellationToken cancellationToken)
    {
        var hasStarted = false;
        try
        {
            using var folder = new IngestPaths(settings.Data).Lock();
            await using var app = IngestApp.Build(settings, time);
            var pipeline = app.Services.GetRequiredService<IngestPipeline>();
            if (!await TryStartAsync(app, cancellationToken))
            {
                return 0;
            }

            // Scores catch up behind, and /readyz says how far they are: trucks need not wait for that.
            hasStarted = true;
            Console.WriteLine($"ready ingest {Receiving(pipeline.Receivers)} read-api={ReadApiAddress(app)}");
            await app.WaitForShutdownAsync(cancellationToken);
            return pipeline.Completion.IsFaulted ? 1 : 0;
        }
        catch (Exception ex) when (!hasStarted && HasNoRoom(ex))
        {
            room.FoundFull(ex.Message);
            return null;
        }
    }

    /// <summary>False when it was told to stop before it had started.</summary>
    private static async Task<bool> TryStartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static bool HasNoRoom(Exception ex) => ex switch
    {
        DiskFullException => true,
        IOException fault => DiskFullException.Is(fault),
        SqliteException fault => fault.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL,
        _ => false,
    };

    /// <summary>Our own endpoints, and the broker: as <c>mqtt=</c> where it is the only place to connect to.</summary>
    private static string Receiving(Receivers receivers) => (receivers.ListenerEndpoints, receivers.Broker) switch
    {
        ([], _) => $"mqtt={receivers.MqttAddress}",
        (var own, null) => Own(own),
        (var own, { } broker) => $"{Own(own)} broker={broker.Address}",
    };

    private static string Own(IEnumerable<MqttEndpoint> endpoints) => string.Join(' ', endpoints.Select(endpoint => $"{endpoint.Scheme}={endpoint.Address}"));

    private static string ReadApiAddress(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    private static string? Sentence(Exception ex, RunSettings settings) => ex switch
    {
        UsageException or MqttListenerException => ex.Message,
        OptionsValidationException invalid => $"A setting is out of its range: {string.Join(" ", invalid.Failures)}",
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            settings.Events is null
                ? $"The address {settings.ReadApi} of the read API is in use: stop what uses it, or name another with --read-api."
                : $"The address {settings.ReadApi} of the read API or {settings.Events} of the events is in use: stop what uses it, or name another with --read-api or --events.",
        _ => null,
    };
}
