using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Streets;

/// <summary>Walks over the contents of one repeated field of a message, leaving the others out.</summary>
internal ref struct PbfFields(ReadOnlySpan<byte> message, int wanted)
{
    private ProtobufReader _fields = new(message);
    private ReadOnlySpan<byte> _current;

    public readonly ReadOnlySpan<byte> Current => _current;

    public readonly PbfFields GetEnumerator() => this;

    /// <exception cref="InvalidDataException">The message is damaged.</exception>
    public bool MoveNext()
    {
        while (!_fields.AtEnd)
        {
            var field = Pbf.Tag(ref _fields, out var type);
            if (field == wanted && type == WireType.Bytes)
            {
                _current = Pbf.Bytes(ref _fields);
                return true;
            }

            Pbf.Skip(ref _fields, field, type);
        }

        return false;
    }
}
