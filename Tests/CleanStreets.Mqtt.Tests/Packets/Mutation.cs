namespace CleanStreets.Mqtt.Tests.Packets;

/// <summary>Damage done to valid bytes: changed, cut, doubled, put in between, run together with others.</summary>
internal static class Mutation
{
    public static byte[] Of(IReadOnlyList<byte[]> samples, Random random)
    {
        var bytes = samples[random.Next(samples.Count)].ToArray();
        for (var damages = random.Next(1, 4); damages > 0; damages--)
        {
            bytes = Damage(bytes, samples, random);
        }

        return bytes;
    }

    private static byte[] Damage(byte[] bytes, IReadOnlyList<byte[]> samples, Random random)
    {
        var at = random.Next(bytes.Length);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                return bytes[..(at + 1)];
            case 3:
                return [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
            case 4:
                return [.. bytes, .. bytes[at..]];
            default:
                return [.. bytes[..at], .. samples[random.Next(samples.Count)]];
        }
    }
}
