using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Journal;

/// <summary>The loop of the front stages: batches are prepared (Decode, Admit), journalled, and, once their group is on disk, acknowledged and passed on.</summary>
/// <remarks>
/// One loop for all of it, because each step is shorter than waking another thread. While a group is not full the loop sleeps instead of
/// being woken by every batch: a thousand trucks that send one message each then cost two wake-ups a group.
/// Batches leave in the order they came, so a repeat is acknowledged only after the commit that holds its original. A failed write
/// or fsync ends the stage: nothing of that group is passed on, nothing is tried again, and the service stops. A disk without room is no
/// failure: the stage waits with what it could not write, and goes on when there is room.
/// </remarks>
internal sealed class JournalStage(
    ChannelReader<IngestBatch> input,
    ChannelWriter<IngestBatch> output,
    JournalWriter journal,
    BatchPool pool,
    JournalOptions options,
    TimeProvider time,
    JournalProgress progress,
    JournalRoom room,
    Fates fates,
    DurationHistogram duration)
{
    /// <summary>Longest sleep while a group gathers: where the setting makes its time longer than this, a group that is full early is seen.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(10);

    private readonly List<IngestBatch> _group = [];
    private long _oldestReceivedAtMs;
    private int _appended;

    /// <summary>Done with each batch before it is journalled.</summary>
    public Action<IngestBatch> Prepare { get; init; } = _ => { };

    /// <summary>Done with the batches of a group when it is on disk, before any of them is passed on.</summary>
    public Action<IReadOnlyList<IngestBatch>> Committed { get; init; } = _ => { };

    public async Task RunAsync()
    {
        Exception? fault = null;
        try
        {
            // Waiting without a token lets the channel reuse its waiter; with one it allocates every time.
            while (await input.WaitToReadAsync())
            {
                await CollectAsync();
                await CommitAsync();
                Committed(_group);
                for (var i = 0; i < _group.Count; i++)
                {
                    _group[i].HasFollower = i + 1 < _group.Count;
                    await output.PassOnAsync(_group[i]);
                }

                _group.Clear();
            }
        }
        catch (Exception ex)
        {
            fault = ex;
            fates.CountDropped(_group);
            throw;
        }
        finally
        {
            output.TryComplete(fault);
        }
    }

    private async ValueTask CollectAsync()
    {
        var began = time.GetTimestamp();
        while (true)
        {
            while (!IsFull && input.TryRead(out var batch))
            {
                _group.Add(batch);
                Prepare(batch);
                await AppendAsync(batch);
            }

            // A group of nothing but ticks and repeats has nothing to wait for.
            var left = options.CommitInterval - time.GetElapsedTime(began);
            if (IsFull || journal.UncommittedBytes == 0 || left <= TimeSpan.Zero || input.Completion.IsCompleted)
            {
                return;
            }

            await Task.Delay(left < LongestPause ? left : LongestPause, time);
        }
    }

    // Half the pool: while a group waits for its time, Receive needs batches to go on filling.
    private bool IsFull => journal.UncommittedBytes >= options.CommitBytes || _group.Count >= pool.Capacity / 2;

    private async ValueTask AppendAsync(IngestBatch batch)
    {
        _appended = 0;
        while (!TryAppend(batch))
        {
            await Task.Delay(options.RoomPause, time);
        }

        room.DiskHasRoom();
        batch.ThroughPosition = journal.Position;
    }

    /// <summary>Appends what is left of a batch; false when the disk has no room for it now.</summary>
    private bool TryAppend(IngestBatch batch)
    {
        try
        {
            var messages = batch.Messages;
            for (; _appended < messages.Length; _appended++)
            {
                ref var message = ref messages[_appended];
                if (message.Journalled)
                {
                    message.Position = Append(batch, in message);
                    if (_oldestReceivedAtMs == 0)
                    {
                        _oldestReceivedAtMs = message.ReceivedAtMs;
                    }
                }
            }

            return true;
        }
        catch (DiskFullException full)
        {
            room.DiskIsFull(full.Message);
            return false;
        }
    }

    private long Append(IngestBatch batch, in IngestMessage message)
    {
        Span<byte> session = stackalloc byte[64];
        session = session[..(message.Envelope.SessionId.Value is { } id ? Encoding.ASCII.GetBytes(id, session) : 0)];
        var isReadings = message.Kind == MessageKind.Readings && message.Reason == QuarantineReason.None;
        return journal.Append(new JournalRecord
        {
            Type = (message.Kind, message.Reason) switch
            {
                (_, not QuarantineReason.None) => JournalRecordType.QuarantinedMessage,
                (MessageKind.Fact, _) => JournalRecordType.Fact,
                (MessageKind.SessionClosed, _) => JournalRecordType.SessionClosed,
                (MessageKind.MappingChange, _) => JournalRecordType.MappingChange,
                _ => JournalRecordType.Readings,
            },
            Flags = (message.HasVerdicts ? JournalRecordFlags.HasVerdicts : JournalRecordFlags.None) |
                (message.ClockChecked ? JournalRecordFlags.ClockChecked : JournalRecordFlags.None) |
                (message.ClockShiftMs != 0 ? JournalRecordFlags.ClockCorrected : JournalRecordFlags.None) |
                (message.PayloadCut ? JournalRecordFlags.PayloadCut : JournalRecordFlags.None) |
                (message.Release is not null ? JournalRecordFlags.Released : JournalRecordFlags.None) |
                (message.Mended is not null ? JournalRecordFlags.Mended : JournalRecordFlags.None),
            Reason = message.Reason,
            ReceivedAtMs = message.ReceivedAtMs,
            ClockShiftMs = message.ClockShiftMs,
            FirstSequence = message.Envelope.FirstSequence,
            OldestSequence = message.Envelope.OldestSequence,
            ReadingCount = isReadings ? message.ReadingCount : 0,
            Id = batch.TopicId(in message),
            Session = session,
            Verdicts = message.HasVerdicts ? MemoryMarshal.AsBytes(batch.VerdictsOf(in message)) : [],
            Payload = batch.Payload(in message),
        });
    }

    private async ValueTask CommitAsync()
    {
        if (journal.UncommittedBytes > 0)
        {
            var bytes = journal.UncommittedBytes;
            while (!TryCommit())
            {
                await Task.Delay(options.RoomPause, time);
            }

            progress.Committed(journal.Position, _oldestReceivedAtMs, bytes);
            _oldestReceivedAtMs = 0;
        }

        room.CheckCap();
    }

    private bool TryCommit()
    {
        try
        {
            var began = duration.Begin();
            journal.Commit();
            duration.Record(began);
        }
        catch (DiskFullException full)
        {
            room.DiskIsFull(full.Message);
            return false;
        }

        room.DiskHasRoom();
        return true;
    }
}
