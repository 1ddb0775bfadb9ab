using System.Text;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Streets;

/// <summary>The texts of one block. A text becomes a string when it is first asked for: most belong to things that are no streets.</summary>
internal sealed class PbfStrings
{
    private readonly List<(int Start, int Length)> _places = [];
    private readonly List<string?> _texts = [];
    private ReadOnlyMemory<byte> _table;

    /// <summary>Number of the text <c>highway</c>; −1 when the block has no road.</summary>
    public int Highway { get; private set; }

    /// <summary>Number of the text <c>restriction</c>; −1 when the block has no turn restriction.</summary>
    public int Restriction { get; private set; }

    /// <summary>Takes the table of another block (StringTable: 1 a text).</summary>
    public void Read(ReadOnlySpan<byte> table)
    {
        _places.Clear();
        _texts.Clear();
        (Highway, Restriction) = (-1, -1);
        var copy = table.ToArray(); // Outlives the span; one for each block.
        _table = copy;
        var fields = new ProtobufReader(copy);
        while (!fields.AtEnd)
        {
            var field = Pbf.Tag(ref fields, out var type);
            if ((field, type) != (1, WireType.Bytes))
            {
                Pbf.Skip(ref fields, field, type);
                continue;
            }

            var text = Pbf.Bytes(ref fields);
            Highway = Highway < 0 && text.SequenceEqual("highway"u8) ? _places.Count : Highway;
            Restriction = Restriction < 0 && text.SequenceEqual("restriction"u8) ? _places.Count : Restriction;
            copy.AsSpan().Overlaps(text, out var start);
            _places.Add((start, text.Length));
            _texts.Add(null);
        }
    }

    /// <summary>The text of a number.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public string this[ulong number] => number < (ulong)_places.Count
        ? _texts[(int)number] ??= Encoding.UTF8.GetString(_table.Span.Slice(_places[(int)number].Start, _places[(int)number].Length))
        : throw new InvalidDataException("a tag names a text that its block has not");
}
