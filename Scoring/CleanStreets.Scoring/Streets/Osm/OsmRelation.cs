namespace CleanStreets.Scoring.Streets;

/// <summary>A turn restriction as a file gives it. Readers use one instance again for every relation: take from it what is to stay.</summary>
internal sealed class OsmRelation
{
    /// <summary>Value of the tag <c>type</c> that makes a relation a turn restriction.</summary>
    public const string Restriction = "restriction";

    /// <summary>Its number.</summary>
    public long Id { get; private set; }

    /// <summary>Its tags.</summary>
    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>Its members in order.</summary>
    public List<OsmMember> Members { get; } = [];

    /// <summary>Whether it is a turn restriction.</summary>
    public bool IsRestriction => Tag("type") == Restriction;

    /// <summary>The value of a tag; null without it.</summary>
    public string? Tag(string key) => Tags.GetValueOrDefault(key);

    /// <summary>Forgets the relation before.</summary>
    public void Begin(long id)
    {
        Id = id;
        Tags.Clear();
        Members.Clear();
    }
}

/// <summary>A member of a relation.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its number.</param>
/// <param name="Role">What it is for.</param>
internal readonly record struct OsmMember(OsmMemberKind Kind, long Id, string Role);

/// <summary>Kinds of members, with the numbers that PBF has for them.</summary>
internal enum OsmMemberKind
{
    /// <summary>A node.</summary>
    Node = 0,

    /// <summary>A way.</summary>
    Way = 1,

    /// <summary>Another relation, or something unknown.</summary>
    Other = 2,
}
