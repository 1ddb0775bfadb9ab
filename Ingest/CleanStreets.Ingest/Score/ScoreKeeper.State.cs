using CleanStreets.Contracts;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.State;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Score;

/// <content>The evidence as a part of a snapshot. Scores are no part of it: they are computed again, and are the same.</content>
internal sealed partial class ScoreKeeper
{
    /// <summary>Begins an item about trucks sent to a segment; no segment is called so.</summary>
    public const string SentItem = "*sent";

    /// <summary>Begins an item about passes on trial over a segment.</summary>
    public const string TrialItem = "*trial";

    private const int WriteAtBytes = 4 * StateWriter.BlockBytes;

    /// <summary>Takes the evidence as it is now; what is returned writes it down on another thread while this one goes on.</summary>
    public Action<PartWriter> Capture()
    {
        var captured = new List<(int Index, EvidenceState Evidence, SentState? Sent, long NewestFactMs)>();
        for (var index = 0; index < _evidence.Length; index++)
        {
            if (_evidence[index] is { } evidence)
            {
                captured.Add((index, evidence.Capture(), evidence.CaptureSent(), _newestFactMs[index]));
            }
        }

        var trials = _trials.Select(item => (Index: item.Key, Trials: item.Value.Copy())).ToList();
        return writer =>
        {
            var state = new StateWriter();
            foreach (var (index, evidence, sent, newestFactMs) in captured)
            {
                state.Text(network.Segments[index].Id.Value);
                state.Number(newestFactMs);
                evidence.Save(state);
                state.EndItem();
                if (sent is not null)
                {
                    state.Text(SentItem);
                    state.Text(network.Segments[index].Id.Value);
                    sent.Save(state);
                    state.EndItem();
                }

                if (state.Length >= WriteAtBytes)
                {
                    writer.Write(state);
                }
            }

            foreach (var (index, passes) in trials)
            {
                state.Text(TrialItem);
                state.Text(network.Segments[index].Id.Value);
                passes.Save(state);
                state.EndItem();
                if (state.Length >= WriteAtBytes)
                {
                    writer.Write(state);
                }
            }

            writer.Write(state);
        };
    }

    /// <summary>Takes over one item of what was saved: the evidence of one segment, which is then to be scored, or the trucks sent to one.</summary>
    /// <exception cref="StateException">The bytes are not what was saved, or speak of another network; this keeper is of no use any more.</exception>
    public void Load(ref StateReader state)
    {
        var name = state.RequiredText();
        if (name == SentItem)
        {
            EvidenceOf(Find(state.RequiredText()).Index).LoadSent(ref state);
            return;
        }

        if (name == TrialItem)
        {
            TrialsOf(Find(state.RequiredText()).Index).Load(ref state);
            return;
        }

        var segment = Find(name);
        _newestFactMs[segment.Index] = state.Number();
        EvidenceOf(segment.Index).Load(ref state);
        MarkDirty(segment.Index);
    }

    private StreetSegment Find(string name) => SegmentId.TryCreate(name, out var id) && network.TryFind(id, out var segment)
        ? segment
        : throw new StateException("A segment is not one of this network.");
}
