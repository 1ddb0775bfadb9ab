using System.Runtime.InteropServices;

namespace CleanStreets.Scoring.Index;

/// <summary>A segment's passes counted by UTC hour of capture and remembered, so that a score adds up hours and not passes.</summary>
/// <remarks>
/// Integers: adding a pass to the sums of its hour gives what counting the hour anew would. Hours of a few passes are counted when
/// asked for, because remembering them would take more memory than the passes themselves.
/// </remarks>
internal sealed class HourLedger
{
    private const int RememberedFrom = 4;

    private readonly List<HourOfPasses> _hours = [];

    /// <param name="tally">Counts a pass.</param>
    /// <param name="passes">The passes so far, by the time they entered.</param>
    public HourLedger(CategoryTally tally, ReadOnlySpan<PassEvidence> passes)
    {
        Tally = tally;
        foreach (var pass in passes)
        {
            Add(pass);
        }
    }

    public CategoryTally Tally { get; }

    /// <summary>Hours with passes, rising.</summary>
    public ReadOnlySpan<HourOfPasses> Hours => CollectionsMarshal.AsSpan(_hours);

    public void Add(PassEvidence pass)
    {
        var at = _hours.Count;
        while (at > 0 && _hours[at - 1].Hour > pass.Hour)
        {
            at--; // Passes arrive nearly in order, so the place is found from the end.
        }

        if (at > 0 && _hours[at - 1].Hour == pass.Hour)
        {
            at--;
        }
        else
        {
            _hours.Insert(at, new HourOfPasses { Hour = pass.Hour, NewestMs = pass.EnteredAtMs });
        }

        ref var hour = ref CollectionsMarshal.AsSpan(_hours)[at];
        hour.Passes++;
        hour.NewestMs = Math.Max(hour.NewestMs, pass.EnteredAtMs);
        if (hour.Sums is not null)
        {
            new HourSums(hour.Sums).Add(pass, Tally);
        }
    }

    /// <summary>The sums of an hour as a whole.</summary>
    /// <param name="at">Its place in <see cref="Hours"/>.</param>
    /// <param name="passes">Its passes.</param>
    /// <param name="room">Room for the sums, zeros.</param>
    public HourSums Whole(int at, ReadOnlySpan<PassEvidence> passes, Span<long> room)
    {
        ref var hour = ref CollectionsMarshal.AsSpan(_hours)[at];
        if (hour.Sums is null)
        {
            hour.Sums = hour.Passes < RememberedFrom ? null : new long[room.Length];
            var counted = new HourSums(hour.Sums ?? room);
            foreach (var pass in passes)
            {
                counted.Add(pass, Tally);
            }

            return counted;
        }

        return new HourSums(hour.Sums);
    }
}

/// <summary>One hour in which there were passes.</summary>
internal struct HourOfPasses
{
    public long Hour;

    /// <summary>How many passes entered in it.</summary>
    public int Passes;

    /// <summary>When the newest of them entered.</summary>
    public long NewestMs;

    /// <summary>Their sums, once remembered.</summary>
    public long[]? Sums;
}
