using System.Text;

namespace CleanStreets.Dashboard.Tests.Support;

/// <summary>Reads a vector tile by the specification alone: shares no code with the encoder.</summary>
internal static class TileDecoder
{
    internal sealed record Feature(ulong Id, Dictionary<string, object> Properties, List<List<(int X, int Y)>> Lines);

    internal sealed record Layer(string Name, int Version, int Extent, List<Feature> Features);

    public static List<Layer> Decode(byte[] tile) => [.. Fields(tile).Where(field => field.Number == 3).Select(field => ReadLayer(field.Bytes))];

    private static Layer ReadLayer(byte[] bytes)
    {
        var fields = Fields(bytes).ToList();
        var keys = fields.Where(field => field.Number == 3).Select(field => Encoding.UTF8.GetString(field.Bytes)).ToList();
        var values = fields.Where(field => field.Number == 4).Select(field => ReadValue(field.Bytes)).ToList();
        return new Layer(
            Encoding.UTF8.GetString(fields.Single(field => field.Number == 1).Bytes),
            (int)fields.Single(field => field.Number == 15).Value,
            (int)fields.Single(field => field.Number == 5).Value,
            [.. fields.Where(field => field.Number == 2).Select(field => ReadFeature(field.Bytes, keys, values))]);
    }

    private static Feature ReadFeature(byte[] bytes, List<string> keys, List<object> values)
    {
        var fields = Fields(bytes).ToList();
        fields.Single(field => field.Number == 3).Value.ShouldBe(2UL, "the type is a line");
        var tags = Numbers(fields.Single(field => field.Number == 2).Bytes);
        var properties = new Dictionary<string, object>();
        for (var i = 0; i < tags.Count; i += 2)
        {
            properties.Add(keys[(int)tags[i]], values[(int)tags[i + 1]]);
        }

        return new Feature(fields.Single(field => field.Number == 1).Value, properties, ReadLines(Numbers(fields.Single(field => field.Number == 4).Bytes)));
    }

    private static List<List<(int X, int Y)>> ReadLines(List<ulong> geometry)
    {
        var lines = new List<List<(int X, int Y)>>();
        var (x, y, at) = (0, 0, 0);
        while (at < geometry.Count)
        {
            var (command, count) = (geometry[at] & 7, (int)(geometry[at] >> 3));
            at++;
            command.ShouldBeOneOf(1UL, 2UL);
            if (command == 1)
            {
                count.ShouldBe(1, "each line begins with one move");
                lines.Add([]);
            }

            for (var i = 0; i < count; i++, at += 2)
            {
                x += Signed(geometry[at]);
                y += Signed(geometry[at + 1]);
                lines[^1].Add((x, y));
            }
        }

        return lines;
    }

    private static object ReadValue(byte[] bytes)
    {
        var field = Fields(bytes).Single();
        return field.Number switch
        {
            1 => Encoding.UTF8.GetString(field.Bytes),
            7 => field.Value == 1,
            _ => throw new InvalidDataException($"value field {field.Number}"),
        };
    }

    private static int Signed(ulong value) => (int)(value >> 1) ^ -(int)(value & 1);

    private static List<ulong> Numbers(byte[] bytes)
    {
        var numbers = new List<ulong>();
        for (var at = 0; at < bytes.Length;)
        {
            numbers.Add(Varint(bytes, ref at));
        }

        return numbers;
    }

    private static IEnumerable<(int Number, ulong Value, byte[] Bytes)> Fields(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var tag = Varint(bytes, ref at);
            var value = Varint(bytes, ref at);
            if ((tag & 7) == 0)
            {
                yield return ((int)(tag >> 3), value, []);
                continue;
            }

            (tag & 7).ShouldBe(2UL, "only numbers and bytes are expected");
            yield return ((int)(tag >> 3), 0, bytes[at..(at + (int)value)]);
            at += (int)value;
        }
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
