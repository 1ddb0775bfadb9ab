using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Mqtt;

namespace CleanStreets.Benchmarks.Mqtt;

/// <summary>One message to a hundred subscribers: our broker beside Mosquitto, QoS 0 and QoS 1.</summary>
internal sealed class FanOutRow : Row
{
    private const int Subscribers = 100;
    private const int Messages = 2000;
    private const int PayloadBytes = 350;
    private const string Topic = "bench/fan-out";

    public override string Name => "mqtt-fan-out";

    public override string About => $"fan-out of one message of {PayloadBytes} bytes to {Subscribers} subscribers";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var lines = new List<Line>();
        await using var ours = await Server.BrokerAsync();
        await using var mosquitto = await Server.MosquittoAsync();
        foreach (var (qualityOfService, ahead) in new[] { (QualityOfService.AtMostOnce, 0), (QualityOfService.AtMostOnce, 50), (QualityOfService.AtLeastOnce, 50) })
        {
            var way = ahead == 0 ? "the next when all have heard" : $"{ahead} ahead of the slowest";
            var line = new Line($"{About}, QoS {(int)qualityOfService}, {way}", "CPU-µs a delivery");

            // One at a time, each delivery is one send, which costs the kernel as much for everybody: no library can halve that.
            var theirs = line.Next(mosquitto.Name, limit: ahead == 0 ? null : 0.5);
            for (var round = -1; round < settings.Runs; round++)
            {
                var (our, their) = (Deliver(ours, qualityOfService, ahead), Deliver(mosquitto, qualityOfService, ahead));
                if (round >= 0)
                {
                    line.Ours.Add(our);
                    theirs.Add(their);
                }
            }

            lines.Add(line);
        }

        return lines;
    }

    private static double Deliver(Server server, QualityOfService qualityOfService, int ahead)
    {
        using var crowd = new Crowd(server.Port);
        crowd.Connect(Subscribers, "listener-");
        crowd.Subscribe(Topic, qualityOfService);
        var before = server.Use;
        crowd.PublishAndHear(Topic, new byte[PayloadBytes], qualityOfService, Messages, Subscribers, ahead);
        return (server.Use - before).CpuSeconds * 1e6 / (Messages * Subscribers);
    }
}
