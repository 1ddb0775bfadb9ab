using System.Runtime.InteropServices;
using System.Text;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>Writes ONNX models that answer the same numbers whatever they are shown: real files for the real runtime, with a known answer.</summary>
internal static class TinyOnnx
{
    /// <summary>A model with one input [1, 3, height, width] and one constant output.</summary>
    public static byte[] Constant(int height, int width, float[] output, long[] shape, params (string Key, string Value)[] metadata) => Message(
        Number(1, 8), // ir_version
        Bytes(8, Message(Bytes(1, []), Number(2, 13))), // opset_import
        Bytes(7, Message( // graph
            Bytes(1, Message(Text(1, "numbers"), Text(2, "output"), Text(4, "Identity"))),
            Text(2, "tiny"),
            Bytes(5, Message([.. shape.Select(dimension => Number(1, dimension)), Number(2, 1), Text(8, "numbers"), Bytes(9, MemoryMarshal.AsBytes<float>(output).ToArray())])),
            Bytes(11, Value("images", [1, 3, height, width])),
            Bytes(12, Value("output", shape)))),
        Message([.. metadata.Select(entry => Bytes(14, Message(Text(1, entry.Key), Text(2, entry.Value))))]));

    private static byte[] Value(string name, long[] shape) => Message(
        Text(1, name),
        Bytes(2, Message(Bytes(1, Message(Number(1, 1), Bytes(2, Message([.. shape.Select(dimension => Bytes(1, Number(1, dimension)))])))))));

    private static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(field => field)];

    private static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)value.Length), .. value];

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value > 127; value >>= 7)
        {
            yield return (byte)(value | 128);
        }

        yield return (byte)value;
    }
}
