using System.Runtime.InteropServices;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>Messages that travel together from Receive to Match: raw bytes, decoded readings and one verdict a reading.</summary>
/// <remarks>
/// Pooled and reused, so nothing is allocated per reading. One owner at a time: who takes a batch from a channel passes it on or
/// returns it to its <see cref="BatchPool"/>, and nobody keeps a span of it.
/// </remarks>
internal sealed class IngestBatch(int slabBytes, int messages = 0)
{
    private readonly byte[] _slab = new byte[slabBytes];
    private readonly List<IngestMessage> _messages = new(messages);
    private readonly List<PublishToken> _tokens = new(messages);
    private readonly List<IReceipt> _receipts = [];
    private readonly List<Verdict> _verdicts = new(messages);
    private int _used;

    /// <summary>What else passes with this batch.</summary>
    public BatchMarker Marker { get; set; }

    /// <summary>A snapshot to which every stage adds its part behind this batch.</summary>
    public SnapshotTicket? Snapshot { get; set; }

    /// <summary>Came out of the journal, not from a truck.</summary>
    public bool Replayed { get; set; }

    /// <summary>Everything up to this position of the journal has been handed on with this batch or before it.</summary>
    public long ThroughPosition { get; set; }

    /// <summary>Another batch of the same commit follows: scores wait for it.</summary>
    public bool HasFollower { get; set; }

    /// <summary>The how-manieth batch of its filler, from 1; 0 when nobody filled it.</summary>
    public long Number { get; set; }

    /// <summary>When its first message was received, as a timestamp of the clock; 0 when none was.</summary>
    public long BeganAt { get; set; }

    /// <summary>The decoded readings of all messages.</summary>
    public ReadingBuffer Readings { get; } = new();

    /// <summary>The messages; the span is void when one is added.</summary>
    public Span<IngestMessage> Messages => CollectionsMarshal.AsSpan(_messages);

    /// <summary>One token for each publish that waits for its acknowledgement.</summary>
    public ReadOnlySpan<PublishToken> Tokens => CollectionsMarshal.AsSpan(_tokens);

    /// <summary>Who else waits for this batch to be on disk; each once.</summary>
    public ReadOnlySpan<IReceipt> Receipts => CollectionsMarshal.AsSpan(_receipts);

    /// <summary>One verdict for each reading, set by admission.</summary>
    public Span<Verdict> Verdicts => CollectionsMarshal.AsSpan(_verdicts);

    public int MessageCount => _messages.Count;

    public bool HasRoom(int bytes) => _slab.Length - _used >= bytes;

    public ReadOnlySpan<byte> Payload(in IngestMessage message) => message.Mended is { } mended ? mended.Payload : _slab.AsSpan(message.PayloadOffset, message.PayloadLength);

    public ReadOnlySpan<byte> TopicId(in IngestMessage message) => message.Mended is { } mended ? mended.TopicId : _slab.AsSpan(message.TopicIdOffset, message.TopicIdLength);

    public ReadOnlySpan<byte> ContentType(in IngestMessage message) => message.Mended is not null ? [] : _slab.AsSpan(message.ContentTypeOffset, message.ContentTypeLength);

    public Span<Verdict> VerdictsOf(in IngestMessage message) => Verdicts.Slice(message.ReadingStart, message.ReadingCount);

    public Span<Reading> ReadingsOf(in IngestMessage message) => Readings.Readings.Slice(message.ReadingStart, message.ReadingCount);

    /// <summary>Copies a message into the batch; the caller has asked <see cref="HasRoom"/>.</summary>
    public void Add(IngestMessage message, ReadOnlySpan<byte> topicId, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> payload)
    {
        message.Position = -1;
        (message.TopicIdOffset, message.TopicIdLength) = Copy(topicId);
        (message.ContentTypeOffset, message.ContentTypeLength) = Copy(contentType);
        (message.PayloadOffset, message.PayloadLength) = Copy(payload);
        _messages.Add(message);
    }

    public void AddToken(PublishToken token) => _tokens.Add(token);

    /// <summary>Notes who waits; the messages of one sender come in a row, so asking the last is enough to hold each once.</summary>
    public void AddReceipt(IReceipt receipt)
    {
        if (_receipts.Count == 0 || !ReferenceEquals(_receipts[^1], receipt))
        {
            receipt.Awaits();
            _receipts.Add(receipt);
        }
    }

    /// <summary>Makes room for one verdict a reading, all accepted.</summary>
    public void ResetVerdicts()
    {
        CollectionsMarshal.SetCount(_verdicts, Readings.Count);
        Verdicts.Clear();
    }

    /// <summary>Empties the batch and keeps its memory.</summary>
    public void Clear()
    {
        Marker = BatchMarker.None;
        Snapshot = null;
        Replayed = false;
        ThroughPosition = 0;
        HasFollower = false;
        Number = 0;
        BeganAt = 0;
        _used = 0;
        _messages.Clear();
        _tokens.Clear();
        _receipts.Clear();
        _verdicts.Clear();
        Readings.Clear();
    }

    private (int Offset, int Length) Copy(ReadOnlySpan<byte> bytes)
    {
        var offset = _used;
        bytes.CopyTo(_slab.AsSpan(offset));
        _used += bytes.Length;
        return (offset, bytes.Length);
    }
}

/// <summary>What a batch means beside its messages. A marker keeps its place among the batches, so every stage sees it at the same point of the journal.</summary>
internal enum BatchMarker : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Once a second: idle sessions are closed, marks that waited are published.</summary>
    Tick,

    /// <summary>The journal has been replayed to its end.</summary>
    ReplayEnd,
}
