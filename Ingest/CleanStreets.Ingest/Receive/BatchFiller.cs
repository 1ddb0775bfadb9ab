using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Receive;

/// <summary>Copies what was received into batches and hands them to Decode, by the same rules for every way in.</summary>
/// <remarks>One owner: each receiver has a filler of its own.</remarks>
internal sealed class BatchFiller(BatchPool pool, IntakeQueue output, PipelineOptions options, TimeProvider time)
{
    /// <summary>A content type longer than ours agrees with no format; this much of it says so.</summary>
    private const int ContentTypeKeptBytes = 64;

    private IngestBatch? _current;
    private long _begun;

    /// <summary>Copies one message and stamps when it came; false when no batch is free, and then nothing was taken.</summary>
    /// <param name="kind">Readings or a fact.</param>
    /// <param name="id">Who sent it (truck), or what it is about (segment); one that breaks the identifier rule quarantines the message.</param>
    /// <param name="contentType">Empty when not said.</param>
    /// <param name="payload">The message; above the readings limit only its beginning is kept.</param>
    /// <param name="reason">Why the receiver itself found it faulty.</param>
    public bool TryAdd(
        MessageKind kind,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> contentType,
        ReadOnlySpan<byte> payload,
        QuarantineReason reason = QuarantineReason.None)
    {
        var idIsValid = IdentifierRule.IsValid(id);
        var oversized = payload.Length > ReadingLimits.MaxPayloadBytes;
        payload = oversized ? payload[..ReadingLimits.OversizedKeptBytes] : payload;
        contentType = contentType[..Math.Min(contentType.Length, ContentTypeKeptBytes)];
        if (!TryMakeRoom(IdentifierRule.MaxLength + contentType.Length + payload.Length))
        {
            return false;
        }

        var message = new IngestMessage
        {
            Kind = kind,
            ReceivedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            PayloadCut = oversized,
            Reason = (oversized, reason, idIsValid, kind) switch
            {
                (true, _, _, _) => QuarantineReason.Oversized,
                (_, not QuarantineReason.None, _, _) => reason,
                (_, _, true, _) => QuarantineReason.None,
                (_, _, _, MessageKind.Fact) => QuarantineReason.MalformedFact,
                _ => QuarantineReason.TruckIdInvalid,
            },
        };
        if (_current!.MessageCount == 0)
        {
            _current.BeganAt = time.GetTimestamp();
        }

        _current.Add(message, idIsValid ? id : [], contentType, payload);
        return true;
    }

    /// <summary>The message just added waits for its PUBACK.</summary>
    public void AddToken(PublishToken token)
    {
        _current!.AddToken(token);
        HandOverWhenFull();
    }

    /// <summary>Who sent the message just added, as its certificate says.</summary>
    public void AddSender(string clientId) => _current!.Messages[^1].Sender = clientId;

    /// <summary>Whoever sent the message just added waits for it to be on disk. Asked once a message, told once a batch.</summary>
    public void AddReceipt(IReceipt receipt)
    {
        _current!.AddReceipt(receipt);
        HandOverWhenFull();
    }

    /// <summary>The message just added was released from quarantine.</summary>
    public void AddRelease(ReleaseTicket ticket)
    {
        _current!.Messages[^1].Release = ticket;
        AddReceipt(ticket);
    }

    /// <summary>The message just added changes the standing mappings.</summary>
    public void AddMapping(MappingTicket ticket)
    {
        _current!.Messages[^1].Mapping = ticket;
        AddReceipt(ticket);
    }

    /// <summary>Waits until a batch is free; for receivers that can wait.</summary>
    public async ValueTask WaitForRoomAsync()
    {
        HandOver();
        _current ??= await pool.RentAsync();
    }

    /// <summary>Lets the front stages take what was added so far whenever they have nothing else to do; until they do, more is added to it.</summary>
    /// <remarks>For one receiver only: the one that is called turn by turn.</remarks>
    public void Offer()
    {
        if (_current is { MessageCount: > 0 } open)
        {
            _current = null;
            output.Offer(open);
        }
    }

    /// <summary>Goes on filling what was offered, if it has not been taken.</summary>
    public void GoOn() => _current ??= output.TakeBack();

    /// <summary>Hands over what was offered, too.</summary>
    public void Complete()
    {
        GoOn();
        HandOver();
    }

    /// <summary>Hands over what was added so far.</summary>
    public void HandOver()
    {
        if (_current is { MessageCount: > 0 } full)
        {
            _current = null;

            // Never full: the channel holds as many batches as there are.
            output.TryWrite(full);
        }
    }

    private void HandOverWhenFull()
    {
        if (_current!.MessageCount >= options.BatchMessages)
        {
            HandOver();
        }
    }

    private bool TryMakeRoom(int bytes)
    {
        if (_current is not null && !_current.HasRoom(bytes))
        {
            HandOver();
        }

        if (_current is null && pool.TryRent(out _current!))
        {
            _current.Number = ++_begun;
        }

        return _current is not null;
    }
}
