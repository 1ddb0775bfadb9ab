using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Admit;

/// <summary>Says how many trucks are known, and once an episode that they are too many; followed by admission's loop, read by anybody.</summary>
internal sealed class RosterWatch(AdmissionOptions options, TimeProvider time, ILogger<RosterWatch> logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    private readonly Episode _displacing = new(time, Quiet);
    private readonly Episode _dropping = new(time, Quiet);
    private readonly Episode _unsure = new(time, Quiet);
    private bool _follows;
    private (long GivenUp, long Dropped) _atStart;
    private long _trucks;
    private long _forgotten;
    private long _displaced;
    private long _dropped;
    private long _mayBeRepeats;

    /// <summary>Trucks that have a place.</summary>
    public long Trucks => Volatile.Read(ref _trucks);

    /// <summary>Trucks that gave up their place, and of which is still known what they sent.</summary>
    public long Forgotten => Volatile.Read(ref _forgotten);

    /// <summary>Times a truck gave up its place since the start.</summary>
    public long Displaced => Volatile.Read(ref _displaced);

    /// <summary>Trucks of which, since the start, it became unknown what they sent.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Takes over how things stand; what was so before the first time is no news.</summary>
    public void Follow(Admission admission)
    {
        if (!_follows)
        {
            _follows = true;
            _atStart = (admission.GivenUp, admission.Dropped);
            _mayBeRepeats = admission.MayBeRepeats;
        }

        Volatile.Write(ref _trucks, admission.TruckCount);
        Volatile.Write(ref _forgotten, admission.ForgottenCount);
        if (IsNews(ref _displaced, admission.GivenUp - _atStart.GivenUp, _displacing))
        {
            logger.TrucksDisplaced(options.Trucks, options.ForgottenMarks);
        }

        if (IsNews(ref _dropped, admission.Dropped - _atStart.Dropped, _dropping))
        {
            logger.TrucksDropped(options.ForgottenMarks);
        }

        if (IsNews(ref _mayBeRepeats, admission.MayBeRepeats, _unsure))
        {
            logger.MayBeRepeats();
        }
    }

    private static bool IsNews(ref long known, long now, Episode episode)
    {
        if (known == now)
        {
            episode.Ends();
            return false;
        }

        Volatile.Write(ref known, now);
        return episode.Begins();
    }
}
