using System.Buffers.Binary;
using System.Text;

namespace CleanStreets.Testing.IotHub;

/// <summary>One MQTT 3.1.1 packet off a stream, and the few that the hub's gate has to take apart and put together again.</summary>
internal sealed record Packet311(int Type, int Flags, byte[] Body)
{
    public const int Connect = 1, Publish = 3, Subscribe = 8, Unsubscribe = 10;

    public int QualityOfService => (Flags >> 1) & 3;

    public static async Task<Packet311?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var one = new byte[1];
        if (await stream.ReadAsync(one, cancellationToken) == 0)
        {
            return null;
        }

        var first = one[0];
        int length = 0, shift = 0;
        do
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            length |= (one[0] & 0x7F) << shift;
            shift += 7;
        }
        while (one[0] >= 0x80);

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return new Packet311(first >> 4, first & 0x0F, body);
    }

    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var packet = new List<byte>(Body.Length + 5) { (byte)((Type << 4) | Flags) };
        var length = Body.Length;
        do
        {
            packet.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);

        packet.AddRange(Body);
        await stream.WriteAsync(packet.ToArray(), cancellationToken);
    }

    public static string Text(ReadOnlySpan<byte> body, ref int at)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
        var text = Encoding.UTF8.GetString(body.Slice(at + 2, length));
        at += 2 + length;
        return text;
    }

    public static void Add(List<byte> body, ReadOnlySpan<byte> bytes)
    {
        body.Add((byte)(bytes.Length >> 8));
        body.Add((byte)bytes.Length);
        body.AddRange(bytes);
    }

    public static void Add(List<byte> body, string text) => Add(body, Encoding.UTF8.GetBytes(text));

    /// <summary>A PUBLISH with its topic replaced.</summary>
    public Packet311 WithTopic(Func<string, string> rename)
    {
        var at = 0;
        var topic = Text(Body, ref at);
        var body = new List<byte>(Body.Length + 64);
        Add(body, rename(topic));
        body.AddRange(Body.AsSpan(at));
        return this with { Body = [.. body] };
    }

    /// <summary>The filters of a SUBSCRIBE or UNSUBSCRIBE, each with its options byte (UNSUBSCRIBE: 0).</summary>
    public IReadOnlyList<(string Filter, byte QualityOfService)> Filters()
    {
        var filters = new List<(string, byte)>();
        for (var at = 2; at < Body.Length;)
        {
            var filter = Text(Body, ref at);
            filters.Add((filter, Type == Subscribe ? Body[at++] : (byte)0));
        }

        return filters;
    }

    public Packet311 WithFilters(IEnumerable<(string Filter, byte QualityOfService)> filters)
    {
        var body = new List<byte> { Body[0], Body[1] };
        foreach (var (filter, quality) in filters)
        {
            Add(body, filter);
            if (Type == Subscribe)
            {
                body.Add(quality);
            }
        }

        return this with { Body = [.. body] };
    }
}

/// <summary>CONNECT of MQTT 3.1.1.</summary>
internal sealed record Connect311
{
    public required bool CleanSession { get; init; }

    public required int KeepAlive { get; init; }

    public required string ClientId { get; init; }

    public string? WillTopic { get; init; }

    public byte[] WillPayload { get; init; } = [];

    public int WillFlags { get; init; }

    public string? UserName { get; init; }

    public string? Password { get; init; }

    public static Connect311? Read(Packet311 packet)
    {
        var at = 0;
        ReadOnlySpan<byte> body = packet.Body;
        if (packet.Type != Packet311.Connect || Packet311.Text(body, ref at) != "MQTT" || body[at++] != 4)
        {
            return null;
        }

        int flags = body[at++];
        var keepAlive = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
        at += 2;
        var id = Packet311.Text(body, ref at);
        string? willTopic = null;
        byte[] willPayload = [];
        if ((flags & 4) != 0)
        {
            willTopic = Packet311.Text(body, ref at);
            var length = BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
            willPayload = body.Slice(at + 2, length).ToArray();
            at += 2 + length;
        }

        var user = (flags & 0x80) != 0 ? Packet311.Text(body, ref at) : null;
        var password = (flags & 0x40) != 0 ? Packet311.Text(body, ref at) : null;
        return new Connect311
        {
            CleanSession = (flags & 2) != 0,
            KeepAlive = keepAlive,
            ClientId = id,
            WillTopic = willTopic,
            WillPayload = willPayload,
            WillFlags = flags & 0x3C,
            UserName = user,
            Password = password,
        };
    }

    /// <summary>The same for the listener behind the gate, which knows the client by another name and trusts the gate.</summary>
    public Packet311 For(string clientId)
    {
        var body = new List<byte>();
        Packet311.Add(body, "MQTT");
        body.Add(4);
        body.Add((byte)(WillFlags | (CleanSession ? 2 : 0)));
        body.Add((byte)(KeepAlive >> 8));
        body.Add((byte)KeepAlive);
        Packet311.Add(body, clientId);
        if (WillTopic is not null)
        {
            Packet311.Add(body, WillTopic);
            Packet311.Add(body, WillPayload);
        }

        return new Packet311(Packet311.Connect, 0, [.. body]);
    }
}
