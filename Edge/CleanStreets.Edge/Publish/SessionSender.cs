using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Publish;

/// <summary>Knows of one session what was sent, what was marked, and what to send next.</summary>
/// <remarks>Used by its truck's loop alone, but for <see cref="Accepts"/>. Does no sending itself.</remarks>
internal sealed class SessionSender
{
    /// <summary>Room for what stands around the readings of a batch before one was written: six texts of up to 128 bytes, their names, numbers.</summary>
    private const int MaxEnvelopeBytes = 1024;

    /// <summary>Numbers and <c>oldestSequence</c> may make the next envelope this much longer than the last.</summary>
    private const int EnvelopeSlack = 64;

    private readonly PublishOptions _options;
    private readonly TimeProvider _time;
    private readonly SpoolReader _reader;
    private UnmarkedPolicy _policy;
    private readonly Queue<(long First, long CapturedAtMs)> _unmarked = [];
    private long _sent;
    private long _highestSent;
    private long _answered;
    private long _marked;
    private long _oldestDeclared;
    private long _skipThrough;
    private int _firstUnmarkedCount;
    private long? _unmarkedSince;
    private long? _pendingSince;
    private int _lastReadingBytes;
    private int _envelopeBytes = MaxEnvelopeBytes;

    public SessionSender(SpoolSession session, SealingKey key, PublishOptions options, TimeProvider time)
    {
        (Session, _options, _time) = (session, options, time);
        _reader = new SpoolReader(session, key);
        _policy = new UnmarkedPolicy(session.IsLeftover ? options.LeftoverBatchReadings : options.BatchReadings);
        _marked = session.StoredThrough;
        _sent = _marked;
    }

    public SpoolSession Session { get; }

    /// <summary>A leftover session of which nothing is left, and to which nothing more comes.</summary>
    public bool IsDrained => Session.IsClosed && Session.Unstored == 0;

    /// <summary>Capture time of about the oldest reading that is not stored; null when all are.</summary>
    public long? OldestCapturedAtMs => Session.Unstored > 0 && _unmarked.TryPeek(out var oldest) ? oldest.CapturedAtMs : null;

    /// <summary>Whether a mark can be true: not beyond what was sent. Any thread.</summary>
    public bool Accepts(long mark) => mark <= (Session.IsLeftover ? Session.CommittedThrough : Volatile.Read(ref _highestSent));

    /// <summary>The link went away: nobody knows what arrived, so everything above the mark goes again.</summary>
    public void LinkLost()
    {
        _sent = Math.Max(Session.StoredThrough, _skipThrough);
        _unmarkedSince = null;
        _unmarked.Clear();
    }

    /// <summary>A newer lane is the live one: from now on this one drains in larger batches.</summary>
    public void BecomeBacklog() => _policy = new UnmarkedPolicy(_options.LeftoverBatchReadings);

    /// <summary>The server answered to the batch, which had so many bytes.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="isStored">The answer is as good as a mark: no other is waited for, however long the spool takes to note it.</param>
    public void Sent(OutgoingBatch batch, int bytes, bool isStored)
    {
        _envelopeBytes = Math.Clamp(bytes - batch.Readings.Sum(BytesOf) + EnvelopeSlack, EnvelopeSlack, MaxEnvelopeBytes);
        _sent = batch.LastSequence;
        if (isStored)
        {
            _answered = _sent;
        }
        else
        {
            _unmarkedSince ??= _time.GetTimestamp();
        }
    }

    /// <summary>What the city did not store in time, and what to do about it; null while there is still patience.</summary>
    public UnmarkedAction? CheckUnmarked()
    {
        NoteMarks();
        if (_unmarkedSince is not { } since || _time.GetElapsedTime(since) < _options.MarkPatience * Math.Pow(2, Math.Min(4, _policy.Failures)))
        {
            return null;
        }

        var action = _policy.Unmarked(_firstUnmarkedCount);
        LinkLost();
        return action;
    }

    /// <summary>The first reading above the mark: the one to set aside.</summary>
    public SpooledReading? FirstUnmarked()
    {
        var found = new List<SpooledReading>();
        return _reader.Read(Math.Max(Session.StoredThrough, _skipThrough) + 1, 1, Session.CommittedThrough, found) == 1 ? found[0] : null;
    }

    /// <summary>Most readings of the next batch.</summary>
    public int Limit => _policy.Limit;

    /// <summary>All is well, as far as is known: batches have not been halved.</summary>
    public bool HasFullBatches => _policy.IsFull;

    /// <summary>Goes on behind a reading that is kept elsewhere; it leaves the spool when the city's mark passes it.</summary>
    public void SetAside(long sequence)
    {
        _skipThrough = Math.Max(_skipThrough, sequence);
        _sent = Math.Max(_sent, sequence);
        Declare(sequence + 1);
    }

    /// <summary>From now on batches say that nothing below <paramref name="sequence"/> will come.</summary>
    public void Declare(long sequence) => _oldestDeclared = Math.Max(_oldestDeclared, sequence);

    /// <summary>The next batch, when one is full or old enough, or nothing more comes to fill it.</summary>
    public OutgoingBatch? Next(bool isDraining)
    {
        NoteMarks();
        var committed = Session.CommittedThrough;
        var pending = committed - _sent;
        if (pending <= 0 || _sent - _marked >= _options.MaxUnmarked)
        {
            _pendingSince = null;
            return null;
        }

        _pendingSince ??= _time.GetTimestamp();
        if (!isDraining && !Session.IsLeftover && pending < _policy.Limit && !IsFull(pending) && _time.GetElapsedTime(_pendingSince.Value) < _options.BatchAge)
        {
            return null;
        }

        var readings = Gather((int)Math.Min(_policy.Limit, pending), committed);
        _pendingSince = null;
        if (readings.Count == 0)
        {
            _sent = Math.Max(_sent, Session.Oldest - 1); // Dropped by the cap while it waited.
            return null;
        }

        var first = readings[0].Sequence;
        if (_sent == Math.Max(_marked, _skipThrough))
        {
            _firstUnmarkedCount = readings.Count;
            if (first > _sent + 1)
            {
                Declare(first); // Dropped, or lost to damage.
            }
        }

        _lastReadingBytes = BytesOf(readings[^1]);
        _unmarked.Enqueue((first, readings[0].CapturedAtMs));
        Volatile.Write(ref _highestSent, Math.Max(_highestSent, readings[^1].Sequence));
        return new OutgoingBatch(readings[0].Format, readings, _oldestDeclared);
    }

    private void NoteMarks()
    {
        var stored = Session.StoredThrough;
        if (stored > _marked)
        {
            _marked = stored;
            _policy.Marked();
            _unmarkedSince = _sent > Math.Max(stored, _answered) ? _time.GetTimestamp() : null;
            _firstUnmarkedCount = (int)Math.Clamp(_sent - stored, 1, _policy.Limit);
        }

        _sent = Math.Max(_sent, stored);
        while (_unmarked.Count > 1 && (_unmarked.ElementAt(1).First <= stored + 1 || _unmarked.Peek().First > _sent))
        {
            _unmarked.Dequeue();
        }
    }

    /// <summary>What a reading costs in a batch: itself and a comma, or a tag and a length.</summary>
    private static int BytesOf(SpooledReading reading) =>
        reading.Encoded.Length + (reading.Format == ReadingFormat.Json ? 1 : reading.Encoded.Length < 0x80 ? 2 : 3);

    private int RoomBytes => Math.Max(0, (Session.IsLeftover ? _options.LeftoverBatchBytes : _options.BatchBytes) - _envelopeBytes);

    /// <summary>Whether so many readings, each as large as the last one sent, and one more would not fit into a batch.</summary>
    private bool IsFull(long pending) => (pending + 1) * _lastReadingBytes > RoomBytes;

    /// <summary>Readings that follow <see cref="_sent"/> without a hole: from memory when they wait there, else from disk.</summary>
    private List<SpooledReading> Gather(int count, long committed)
    {
        var readings = new List<SpooledReading>(count);
        var room = RoomBytes;
        while (Session.Recent.TryPeek(out var reading) && readings.Count < count)
        {
            if (reading.Sequence > _sent + readings.Count)
            {
                room -= BytesOf(reading);
                if (reading.Sequence != _sent + readings.Count + 1 || (readings.Count > 0 && (reading.Format != readings[0].Format || room < 0)))
                {
                    break;
                }

                readings.Add(reading);
            }

            Session.Recent.TryRead(out _);
        }

        var most = _lastReadingBytes > 0 ? Math.Clamp(room / _lastReadingBytes, 1, count) : count; // What is read and does not fit is read again.
        if (readings.Count == 0 && _reader.Read(_sent + 1, most, committed, readings) > 0)
        {
            var run = 1;
            room -= BytesOf(readings[0]);
            while (run < readings.Count && readings[run].Sequence == readings[run - 1].Sequence + 1 && (room -= BytesOf(readings[run])) >= 0)
            {
                run++;
            }

            readings.RemoveRange(run, readings.Count - run);
        }

        return readings;
    }
}
