using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Listener.Transport;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Benchmarks.Load;

/// <summary>Many MQTT 3.1.1 clients on one thread: they connect, subscribe, hear and acknowledge. They live in the bench's own process, whose CPU time is never measured.</summary>
internal sealed class Crowd(int port) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly Epoll _epoll = new();
    private readonly List<CrowdMember> _members = [];
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly ArrayBufferWriter<byte> _packet = new();
    private int _answers;

    /// <summary>Called with topic and payload of each publish heard.</summary>
    public HeardPublish? OnHeard { get; set; }

    /// <summary>Members whose session was there already.</summary>
    public int SessionsPresent { get; private set; }

    /// <summary>Publishes heard so far.</summary>
    public long Heard { get; private set; }

    /// <summary>PUBACKs heard so far.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Opens the links of <paramref name="count"/> members, then lets all say CONNECT at once; answers how long it took until the last was served.</summary>
    public TimeSpan Connect(int count, string idPrefix, bool keepsSession = false)
    {
        var newcomers = Enumerable.Range(0, count).Select(_ => Open()).ToList();
        var watch = Stopwatch.StartNew();
        _answers = 0;
        for (var i = 0; i < count; i++)
        {
            newcomers[i].Send(ConnectBytes($"{idPrefix}{i}", keepsSession));
        }

        Until(() => _answers == count, $"{count} members are connected");
        return watch.Elapsed;
    }

    /// <summary>Every member subscribes, or only one; returns when all are answered.</summary>
    public void Subscribe(string filter, QualityOfService qualityOfService, int? member = null)
    {
        _packet.ResetWrittenCount();
        SubscribePacket.Write(
            _packet, MqttProtocolVersion.V311, PacketType.Subscribe, packetId: 1, [(Encoding.UTF8.GetBytes(filter), new SubscriptionOptions((byte)qualityOfService))]);
        _answers = 0;
        var who = member is { } one ? _members.GetRange(one, 1) : _members;
        who.ForEach(subscriber => subscriber.Send(_packet.WrittenSpan));
        Until(() => _answers == who.Count, "every subscription is answered");
    }

    /// <summary>One member sends.</summary>
    public void Send(int member, ReadOnlySpan<byte> packet) => _members[member].Send(packet);

    /// <summary>Hears what has come, waiting for it at most so long.</summary>
    public void Pump(int waitMs)
    {
        var count = _epoll.Wait(waitMs);
        for (var i = 0; i < count; i++)
        {
            Hear(_members[(int)_epoll.Entry(i).Data]);
        }
    }

    public void UntilAcknowledged(long publishes) => Until(() => Acknowledged >= publishes, $"{publishes} publishes are acknowledged");

    /// <summary>Publishes from the first member until all have heard <paramref name="messages"/>, never more than <paramref name="ahead"/> before the slowest count.</summary>
    public void PublishAndHear(string topic, ReadOnlySpan<byte> payload, QualityOfService qualityOfService, int messages, int listeners, int ahead)
    {
        _packet.ResetWrittenCount();
        PublishPacket.Write(_packet, MqttProtocolVersion.V311, Encoding.UTF8.GetBytes(topic), payload, qualityOfService, retain: false, duplicate: false, packetId: 7, default);
        var publish = _packet.WrittenSpan.ToArray();
        var before = Heard;
        for (var sent = 1; sent <= messages; sent++)
        {
            _members[0].Send(publish);
            var enough = before + ((long)Math.Max(0, sent == messages ? sent : sent - ahead) * listeners);
            Until(() => Heard >= enough, $"{enough - before} publishes are heard");
        }
    }

    /// <summary>Everybody goes without a word.</summary>
    public void Leave()
    {
        _members.ForEach(member => member.Dispose());
        _members.Clear();
    }

    public void Dispose()
    {
        Leave();
        _epoll.Dispose();
    }

    private static byte[] ConnectBytes(string id, bool keepsSession)
    {
        var name = Encoding.UTF8.GetBytes(id);
        return [0x10, (byte)(12 + name.Length), 0, 4, .. "MQTT"u8, 4, (byte)(keepsSession ? 0 : 2), 0, 0, 0, (byte)name.Length, .. name];
    }

    private CrowdMember Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        socket.Blocking = false;
        var member = new CrowdMember(socket, new SocketLink(_epoll, (int)socket.Handle, (ulong)_members.Count, closed: null));
        _members.Add(member);
        return member;
    }

    private void Until(Func<bool> holds, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            Pump(waitMs: 100);
            if (watch.Elapsed > _patience)
            {
                throw new TimeoutException($"waited {_patience.TotalSeconds:0} s in vain until {what}: {_answers} answers, {Heard} heard");
            }
        }
    }

    private void Hear(CrowdMember member)
    {
        while (true)
        {
            var kept = member.TakeKept(_buffer);
            var count = member.Link.Receive(_buffer.AsSpan(kept));
            if (count < 0)
            {
                throw new InvalidOperationException("the server closed a member's link");
            }

            var bytes = _buffer.AsSpan(0, kept + count);
            _packet.ResetWrittenCount();
            while (Frame.Read(bytes, int.MaxValue, out var frame, out _) == FrameStatus.Complete)
            {
                Take(in frame, bytes.Slice(frame.HeaderLength, frame.BodyLength));
                bytes = bytes[frame.Length..];
            }

            member.Keep(bytes);
            if (_packet.WrittenCount > 0)
            {
                member.Send(_packet.WrittenSpan);
            }

            if (count < _buffer.Length - kept)
            {
                return;
            }
        }
    }

    private void Take(in Frame frame, ReadOnlySpan<byte> body)
    {
        switch (frame.Type)
        {
            case PacketType.ConnAck when body[1] == 0:
                SessionsPresent += body[0];
                _answers++;
                break;
            case PacketType.SubAck when body[2] < 0x80:
                _answers++;
                break;
            case PacketType.PubAck:
                Acknowledged++;
                break;
            case PacketType.Publish:
                Heard++;
                PublishPacket.Read(MqttProtocolVersion.V311, frame.Flags, body, out var publish);
                OnHeard?.Invoke(publish.Topic, publish.Payload);
                if (publish.PacketId != 0)
                {
                    AckPacket.Write(_packet, MqttProtocolVersion.V311, PacketType.PubAck, publish.PacketId);
                }

                break;
            default:
                throw new InvalidOperationException($"refused: {frame.Type} {Convert.ToHexString(body)}");
        }
    }
}

/// <summary>Hears one publish; the spans are gone afterwards.</summary>
internal delegate void HeardPublish(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload);
