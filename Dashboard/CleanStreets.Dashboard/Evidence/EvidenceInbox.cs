using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Dashboard.Evidence;

/// <summary>Takes evidence pictures from trucks: onto the disk first, then the answer, so that the truck's copy goes only when ours is safe.</summary>
/// <remarks>A picture that is none is refused with its reason and goes from the truck too; one that the disk does not take is not answered, and comes again.</remarks>
internal sealed class EvidenceInbox(EvidenceQueue queue, EvidenceArchive archive, IngestLink link, TimeProvider time, ILogger<EvidenceInbox> logger) : BackgroundService
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1);

    private readonly Topics _topics = Topics.Default;
    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ending = stoppingToken.Register(queue.Complete);
        var waiting = queue.Messages.WaitToReadAsync(CancellationToken.None).AsTask(); // Kept over turns: a waiter is not thrown away.
        while (true)
        {
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(waiting, Task.Delay(SweepInterval, time, timer.Token));
            await timer.CancelAsync();
            Guarded(archive.Sweep);
            if (!waiting.IsCompleted)
            {
                continue;
            }

            if (!await waiting)
            {
                return;
            }

            while (queue.Messages.TryRead(out var message))
            {
                await TakeAsync(message, stoppingToken);
            }

            waiting = queue.Messages.WaitToReadAsync(CancellationToken.None).AsTask();
        }
    }

    private async Task TakeAsync(MqttMessage message, CancellationToken stoppingToken)
    {
        if (message.Topic.Split('/') is not [.., var truckName, var id] || !TruckId.TryCreate(truckName, out var truck) || !IdentifierRule.IsValid(id))
        {
            EvidenceLog.NoAddress(logger, message.Topic);
            return;
        }

        var fault = EvidenceMessage.Read(message.Payload, out var header, out _);
        if (fault == EvidenceFault.None && (header!.TruckId != truck || header.EvidenceId != id))
        {
            fault = EvidenceFault.AnotherTopic;
        }

        if (fault != EvidenceFault.None)
        {
            EvidenceLog.Refused(logger, truck.Value, id, fault.Text());
            await AnswerAsync(truck, new EvidenceAnswer(Refused: [new RefusedEvidence(id, fault.Text())]), stoppingToken);
        }
        else if (archive.Has(truck, id) || Guarded(() => archive.Keep(truck, id, message.Payload.Span)))
        {
            await AnswerAsync(truck, new EvidenceAnswer(Stored: [id]), stoppingToken);
        }
    }

    private async Task AnswerAsync(TruckId truck, EvidenceAnswer answer, CancellationToken stoppingToken)
    {
        try
        {
            await link.PublishAsync(
                new MqttMessage
                {
                    Topic = _topics.EvidenceAcks(truck),
                    Payload = JsonSerializer.SerializeToUtf8Bytes(answer, ContractJson.Default.EvidenceAnswer),
                    QualityOfService = QualityOfService.AtLeastOnce,
                    ContentType = "application/json",
                },
                stoppingToken);
        }
        catch (Exception ex) when (ex is MqttLinkLostException or OperationCanceledException)
        {
            // The truck sends it again and is answered then.
        }
    }

    /// <summary>Says once that the disk fails, and once that it does not any more.</summary>
    private bool Guarded(Action write)
    {
        try
        {
            write();
            if (_isFailing)
            {
                EvidenceLog.Kept(logger);
            }

            _isFailing = false;
            return true;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            if (!_isFailing)
            {
                EvidenceLog.NotKept(logger, ex.Message);
            }

            _isFailing = true;
            return false;
        }
    }
}
