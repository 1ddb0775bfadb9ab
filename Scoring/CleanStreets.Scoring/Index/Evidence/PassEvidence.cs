using CleanStreets.Contracts;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Index;

/// <summary>What evidence keeps of one pass: integers only, so that sums are exact in any order. Never changes.</summary>
internal sealed class PassEvidence
{
    public const long MillisPerHour = 3_600_000;

    /// <summary>Version of the saved state from which on it says when a pass arrived.</summary>
    public const int SavesArrival = 2;

    /// <summary>Version of the saved state from which on it says which detector looked.</summary>
    public const int SavesModel = 3;

    /// <summary>What arrives within this time behind a moment counts as known at it: a reading takes that long from the street to the city.</summary>
    public const long PromptMs = 120_000;

    /// <summary>Nobody kept when it arrived.</summary>
    private const long NotKept = long.MinValue;

    private readonly long _arrivedAtMs = NotKept;

    private const double CentimetresPerMetre = 100;

    public required TruckId Truck { get; init; }

    public required long EnteredAtMs
    {
        get;
        init
        {
            field = value;
            Hour = (long)Math.Floor(value / (double)MillisPerHour);
        }
    }

    public required long LeftAtMs { get; init; }

    /// <summary>When the reading that completed it was received, milliseconds since 1970 UTC; null when that was not kept. Weighs nothing.</summary>
    public long? ArrivedAtMs
    {
        get => _arrivedAtMs == NotKept ? null : _arrivedAtMs;
        init => _arrivedAtMs = value ?? NotKept;
    }

    /// <summary>Whether it was known at a moment; so does what came before arrivals were kept.</summary>
    public bool WasKnownAt(long ms) => ArrivedAtMs is not { } arrivedMs || arrivedMs <= ms + PromptMs;

    public required int FromCentimetre { get; init; }

    public required int ToCentimetre { get; init; }

    public required SideTotals Seen { get; init; }

    public required DetectorRecall Recall { get; init; }

    public required KindCount[] Counts { get; init; }

    /// <summary>Piles of this pass, each of which a person may judge.</summary>
    public required PileFind[] Finds { get; init; }

    /// <summary>Version of the detector that looked; null when not sent, or not kept. Weighs nothing.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>UTC hour of capture since 1970: all evidence of an hour has one age.</summary>
    public long Hour { get; private init; }

    public static int Centimetres(double metres) => (int)Math.Round(metres * CentimetresPerMetre);

    public static PassEvidence Of(Observation observation, TruckId truck, long? arrivedAtMs = null) => new()
    {
        Truck = truck,
        ArrivedAtMs = arrivedAtMs,
        EnteredAtMs = observation.EnteredAtMs,
        LeftAtMs = observation.LeftAtMs,
        FromCentimetre = Centimetres(observation.FromOffsetMetres),
        ToCentimetre = Centimetres(observation.ToOffsetMetres),
        Seen = observation.SeenMilliSquareMetres,
        Recall = observation.Recall,
        Counts = observation.Counts as KindCount[] ?? [.. observation.Counts],
        Finds = observation.Piles as PileFind[] ?? [.. observation.Piles],
        ModelVersion = observation.ModelVersion,
    };

    /// <summary>What a comparison of detectors needs of it.</summary>
    public ModelLook Look => new(ModelVersion, EnteredAtMs, Seen, Counts);

    /// <summary>An order that does not depend on arrival: by when they entered, and for a sick truck's passes of one moment by what they hold.</summary>
    public static int Compare(PassEvidence a, PassEvidence b)
    {
        if (a.EnteredAtMs != b.EnteredAtMs)
        {
            return a.EnteredAtMs.CompareTo(b.EnteredAtMs);
        }

        var byTruck = string.CompareOrdinal(a.Truck.Value, b.Truck.Value);
        var byPlace = byTruck != 0 ? byTruck : Place(a).CompareTo(Place(b));
        return byPlace != 0 ? byPlace : string.CompareOrdinal(Content(a), Content(b));

        static (long, int, int, long, long, long) Place(PassEvidence pass) =>
            (pass.LeftAtMs, pass.FromCentimetre, pass.ToCentimetre, pass.Seen.Unknown, pass.Seen.Left, pass.Seen.Right);

        static string Content(PassEvidence pass) => string.Join('\n', pass.Counts) + string.Join('\n', pass.Finds)
            + string.Join('\n', pass.Counts.Select(count => pass.Recall.MilliOf(count.Kind)).Prepend(pass.Recall.DefaultMilli));
    }

    public void Save(StateWriter state)
    {
        state.Text(Truck.Value);
        state.Number(EnteredAtMs);
        state.Number(LeftAtMs - EnteredAtMs);
        state.Flag(ArrivedAtMs is not null);
        state.Number((ArrivedAtMs ?? LeftAtMs) - LeftAtMs);
        state.Text(ModelVersion);
        state.Number(FromCentimetre);
        state.Number(ToCentimetre);
        Seen.Save(state);
        Recall.Save(state);
        state.Number(Counts.Length);
        for (var i = 0; i < Counts.Length; i++)
        {
            Counts[i].Save(state);
        }

        state.Number(Finds.Length);
        for (var i = 0; i < Finds.Length; i++)
        {
            Finds[i].Save(state);
        }
    }

    /// <param name="state">What was saved.</param>
    /// <param name="before">The pass read before it, whose recall is mostly the same.</param>
    public static PassEvidence Load(ref StateReader state, PassEvidence? before)
    {
        var truck = SavedTruck.Load(ref state);
        var entered = state.Number();
        var left = entered + state.Number();
        long? arrived = null;
        if (state.Version >= SavesArrival)
        {
            var isKept = state.Flag();
            var arrivedAt = left + state.Number();
            arrived = isKept ? arrivedAt : null;
        }

        var model = state.Version >= SavesModel ? state.Text() : null;
        return new PassEvidence
        {
            Truck = truck,
            EnteredAtMs = entered,
            LeftAtMs = left,
            ArrivedAtMs = arrived,
            FromCentimetre = state.Int32(),
            ToCentimetre = state.Int32(),
            Seen = SideTotals.Load(ref state),
            Recall = DetectorRecall.Load(ref state, before?.Recall),
            Counts = LoadCounts(ref state),
            Finds = LoadFinds(ref state),
            ModelVersion = model,
        };
    }

    private static KindCount[] LoadCounts(ref StateReader state)
    {
        var counts = state.Count() is var length and > 0 ? new KindCount[length] : [];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = KindCount.Load(ref state);
        }

        return counts;
    }

    private static PileFind[] LoadFinds(ref StateReader state)
    {
        var finds = state.Count() is var length and > 0 ? new PileFind[length] : [];
        for (var i = 0; i < finds.Length; i++)
        {
            finds[i] = PileFind.Load(ref state);
        }

        return finds;
    }
}
