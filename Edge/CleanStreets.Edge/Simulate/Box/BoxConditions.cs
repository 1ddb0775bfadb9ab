using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate.Box;

/// <summary>What the stories do to one truck at one moment.</summary>
internal readonly record struct BoxConditions
{
    /// <summary>The power is cut.</summary>
    public StoryEpisode? PowerCut { get; private init; }

    /// <summary>There is no link.</summary>
    public bool IsLinkDead { get; private init; }

    /// <summary>Share of the lower part of the lens under mud.</summary>
    public double Mud { get; private init; }

    /// <summary>All the lens shows is soft.</summary>
    public bool IsGreased { get; private init; }

    /// <summary>What deceives the receiver.</summary>
    public StoryEpisode? Gps { get; private init; }

    /// <summary>The box started with a wrong clock, and satellites do not say the time.</summary>
    public StoryEpisode? Clock { get; private init; }

    /// <summary>Looks them up. Of two episodes of one kind the later in the files counts.</summary>
    public static BoxConditions At(IReadOnlyList<StoryEpisode> episodes, int truck, GeoPoint place, long atMs)
    {
        var now = default(BoxConditions);
        foreach (var episode in episodes)
        {
            if (episode.Holds(truck, place, atMs))
            {
                now = episode.Event.Do switch
                {
                    StoryAction.DeadZone => now with { IsLinkDead = true },
                    StoryAction.Mud => now with { Mud = episode.Event.Share!.Value },
                    StoryAction.Grease => now with { IsGreased = true },
                    StoryAction.GpsOutliers or StoryAction.GpsJump or StoryAction.GpsStuck => now with { Gps = episode },
                    StoryAction.Clock => now with { Clock = episode },
                    StoryAction.PowerCut => now with { PowerCut = episode },
                    _ => now,
                };
            }
        }

        return now;
    }
}
