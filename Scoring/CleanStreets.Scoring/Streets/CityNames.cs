namespace CleanStreets.Scoring.Streets;

/// <summary>Invented street names, each used once.</summary>
internal sealed class CityNames
{
    private static readonly string[] Words =
    [
        "Alder", "Anchor", "Barley", "Bellwether", "Bramble", "Cinder", "Clover", "Cobbler", "Copperfield", "Cormorant",
        "Dovetail", "Drayman", "Elderberry", "Fennel", "Ferryman", "Foundry", "Gable", "Glassmaker", "Granary", "Hawthorn",
        "Heron", "Hollyhock", "Ivory", "Juniper", "Kestrel", "Lantern", "Larkspur", "Linden", "Mariner", "Meadowlark",
        "Millrace", "Mulberry", "Nettle", "Orchard", "Osprey", "Pepperwood", "Plumtree", "Quarry", "Quince", "Ropewalk",
        "Saddler", "Saffron", "Sandpiper", "Sorrel", "Tamarack", "Tanner", "Thistle", "Umber", "Verbena", "Wheelwright",
        "Willow", "Windlass", "Yarrow", "Zephyr",
    ];

    private readonly Queue<string> _left;

    public CityNames(Random random)
    {
        var shuffled = Words.ToArray();
        random.Shuffle(shuffled);
        _left = new Queue<string>(shuffled);
    }

    /// <summary>The next name of a kind, for example <c>Heron Avenue</c>.</summary>
    public string Next(string kind) => $"{_left.Dequeue()} {kind}";
}
