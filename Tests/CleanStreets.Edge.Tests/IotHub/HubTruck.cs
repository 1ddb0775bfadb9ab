using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.IotHub;
using CleanStreets.Edge.IotHub.Access;
using CleanStreets.Edge.IotHub.Provisioning;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using CleanStreets.Testing.IotHub;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.IotHub;

/// <summary>A truck with its real spool that sends to the stand-in hub, with shorter waits than on the road.</summary>
internal static class HubTruck
{
    public static HubOptions Options(StandInHub hub, TestCertificates certificates, DeviceSecret? secret = null) => new()
    {
        Endpoint = new HubEndpoint { Host = hub.Host, Address = "127.0.0.1", Port = hub.Port, HttpsPort = hub.HttpsPort, Roots = [certificates.Authority] },
        Secret = secret ?? new DeviceSecret { Key = hub.Add(SendingTruck.Id).Key },
        Commands = new TruckCommands(NullLogger.Instance),
        InForce = () => new TruckSettings { ReadingsASecond = 1 },
        ReconnectMinDelay = TimeSpan.FromMilliseconds(50),
        ReconnectMaxDelay = TimeSpan.FromMilliseconds(500),
        RefusedPause = TimeSpan.FromSeconds(2),
    };

    public static SendingTruck Open(
        string folder, StandInHub hub, HubOptions options, string session = "s-1", IHubAssignment? assignment = null, ILoggerFactory? loggers = null, Func<PublishOptions, PublishOptions>? change = null) =>
        SendingTruck.Open(
            folder,
            port: 1,
            session,
            publish => (change ?? (same => same))(publish with
            {
                Link = will => new HubLink(will, assignment ?? new FixedAssignment(new HubIdentity(hub.Host, SendingTruck.Id)), options, TimeProvider.System, loggers ?? NullLoggerFactory.Instance),
            }),
            loggers);

    /// <summary>The readings that arrived, by session and sequence, each as often as it came.</summary>
    public static List<(string Session, long Sequence)> Arrived(HubDevice device)
    {
        var decoder = new ReadingDecoder();
        var arrived = new List<(string, long)>();
        foreach (var message in device.Telemetry.Where(message => !message.Properties.ContainsKey("iothub-MessageType")))
        {
            var readings = new ReadingBuffer();
            decoder.Decode(message.Body, default, readings, out var envelope).ShouldBe(QuarantineReason.None);
            envelope.TruckId.Value.ShouldBe(device.Id);
            arrived.AddRange(Enumerable.Range(0, readings.Count).Select(i => (envelope.SessionId.Value, envelope.FirstSequence + i)));
        }

        return arrived;
    }

    public static void ShouldBeEach(IEnumerable<(string Session, long Sequence)> arrived, string session, int count) =>
        arrived.Where(reading => reading.Session == session).Select(reading => reading.Sequence).Distinct().Order().ShouldBe(Enumerable.Range(1, count).Select(i => (long)i));
}

/// <summary>Loggers that keep their lines.</summary>
internal sealed class LineLoggers : ILoggerFactory
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => new LineLogger(_lines);

    public void AddProvider(ILoggerProvider provider)
    {
        // None are needed.
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
