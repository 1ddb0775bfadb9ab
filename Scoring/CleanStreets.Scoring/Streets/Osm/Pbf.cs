using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Streets;

/// <summary>Steps through Protobuf fields; what is none is an <see cref="InvalidDataException"/>.</summary>
internal static class Pbf
{
    public static int Tag(scoped ref ProtobufReader fields, out WireType type) =>
        fields.TryReadTag(out var field, out type) ? field : throw Damaged();

    public static ulong Varint(scoped ref ProtobufReader fields) =>
        fields.TryReadVarint(out var value) ? value : throw Damaged();

    public static ReadOnlySpan<byte> Bytes(scoped ref ProtobufReader fields) =>
        fields.TryReadBytes(out var value) ? value : throw Damaged();

    /// <summary>Whether a packed list of varints holds a number.</summary>
    public static bool Holds(ReadOnlySpan<byte> list, ulong number)
    {
        var numbers = new ProtobufReader(list);
        while (!numbers.AtEnd)
        {
            if (Varint(ref numbers) == number)
            {
                return true;
            }
        }

        return false;
    }

    public static void Skip(scoped ref ProtobufReader fields, int field, WireType type)
    {
        if (!fields.TrySkip(field, type))
        {
            throw Damaged();
        }
    }

    /// <summary>A sint64: small numbers of either sign are small varints.</summary>
    public static long Signed(scoped ref ProtobufReader fields)
    {
        var value = Varint(ref fields);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private static InvalidDataException Damaged() => new("a field is no Protobuf");
}
