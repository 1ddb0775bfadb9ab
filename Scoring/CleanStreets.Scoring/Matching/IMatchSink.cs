namespace CleanStreets.Scoring.Matching;

/// <summary>Part of a directed edge driven between two successive fixes.</summary>
/// <param name="Edge">Directed edge.</param>
/// <param name="From">Metres along the edge.</param>
/// <param name="To">Metres along the edge, not below <paramref name="From"/>.</param>
/// <param name="EnteredAtMs">Time at <paramref name="From"/>, interpolated.</param>
/// <param name="LeftAtMs">Time at <paramref name="To"/>, interpolated.</param>
internal readonly record struct Travel(int Edge, double From, double To, long EnteredAtMs, long LeftAtMs);

/// <summary>Hears what a <see cref="MapMatcher"/> has decided.</summary>
/// <remarks>Every fix that was added is heard of once, in the order of adding; before it, what was driven to reach it.</remarks>
internal interface IMatchSink
{
    /// <summary>The truck drove this on its way to the next fix.</summary>
    void Drove(in Travel travel);

    /// <summary>The next fix lies here.</summary>
    void Placed(int edge, double offset, long timeMs);

    /// <summary>The next fix lies nowhere on the network.</summary>
    void Unplaced();

    /// <summary>What comes next does not continue what came before.</summary>
    void Broke();
}
