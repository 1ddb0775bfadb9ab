using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Publishes waiting facts one after another and marks those that were acknowledged.</summary>
internal sealed class FactSender(FactOutbox outbox, IngestLink link, TimeProvider time, ILogger<FactSender> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private bool _complained;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = stoppingToken.Register(outbox.Complete);
        outbox.Wake(); // What the last run left behind.
        try
        {
            while (await outbox.Signals.WaitToReadAsync(CancellationToken.None))
            {
                outbox.Signals.TryRead(out _);
                while (!await TrySendAllAsync(stoppingToken))
                {
                    await Task.Delay(Pause, time, stoppingToken);
                    await link.WaitConnectedAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Our own shutdown is quiet; what waits is on disk.
        }
    }

    private async Task<bool> TrySendAllAsync(CancellationToken stopping)
    {
        while (outbox.Oldest(100) is { Count: > 0 } facts)
        {
            foreach (var fact in facts)
            {
                if (await WhyNotSentAsync(fact.SegmentId, fact.Body, stopping) is { } problem)
                {
                    Complain(problem);
                    return false;
                }

                outbox.Sent(fact.FactId);
                _complained = false;
            }
        }

        return true;
    }

    // Success alone counts: "no matching subscribers" means that nobody keeps it yet.
    private async Task<string?> WhyNotSentAsync(string segment, string body, CancellationToken stopping)
    {
        try
        {
            var code = await link.PublishAsync(
                new MqttMessage
                {
                    Topic = Topics.Default.Facts(SegmentId.Parse(segment)),
                    Payload = Encoding.UTF8.GetBytes(body),
                    QualityOfService = QualityOfService.AtLeastOnce,
                },
                stopping);
            return code == MqttReasonCode.Success ? null : $"the broker answered {code}";
        }
        catch (MqttLinkLostException ex)
        {
            return ex.Message;
        }
    }

    private void Complain(string problem)
    {
        if (!_complained)
        {
            OrdersLog.FactWaits(logger, problem);
        }

        _complained = true;
    }
}
