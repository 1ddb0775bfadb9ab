namespace CleanStreets.Scoring.Streets;

/// <summary>A way as a file gives it. Readers use one instance again for every way: take from it what is to stay.</summary>
internal sealed class OsmWay
{
    /// <summary>Most nodes or tags of one way. OpenStreetMap itself allows 2,000 nodes.</summary>
    public const int MostParts = 65_536;

    /// <summary>Its number.</summary>
    public long Id { get; set; }

    /// <summary>Its tags.</summary>
    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>Numbers of its nodes in order.</summary>
    public List<long> Nodes { get; } = [];

    /// <summary>The value of a tag; null without it.</summary>
    public string? Tag(string key) => Tags.GetValueOrDefault(key);

    /// <summary>Forgets the way before.</summary>
    public void Begin(long id)
    {
        Id = id;
        Tags.Clear();
        Nodes.Clear();
    }
}

/// <summary>An OpenStreetMap file that can be read more than once, from its beginning each time.</summary>
internal interface IOsmFile
{
    /// <summary>Gives every way that has a <c>highway</c> tag, and every turn restriction.</summary>
    /// <exception cref="StreetFileException">The file is damaged; the message says where.</exception>
    void ReadWays(Action<OsmWay> take, Action<OsmRelation> restriction);

    /// <summary>Gives the place of every node that <paramref name="wanted"/> holds.</summary>
    /// <exception cref="StreetFileException">The file is damaged; the message says where.</exception>
    void ReadNodes(IReadOnlySet<long> wanted, Action<long, GeoPoint> take);
}
