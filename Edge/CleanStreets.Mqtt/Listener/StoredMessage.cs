using System.Runtime.InteropServices;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>A message that outlives its packet: retained, a will, or waiting for a subscriber. Immutable, so many may share it.</summary>
internal sealed record StoredMessage
{
    /// <summary>The expiry of a message that does not expire.</summary>
    public const uint Never = uint.MaxValue;

    private const int Overhead = 64;

    public required byte[] Topic { get; init; }

    public required byte[] Payload { get; init; }

    /// <summary>The properties that are passed on, as a finished block without the expiry.</summary>
    public required byte[] Properties { get; init; }

    public required QualityOfService QualityOfService { get; init; }

    public required bool Retain { get; init; }

    /// <summary>Seconds that the message was worth delivering when it arrived.</summary>
    public required uint ExpirySeconds { get; init; }

    /// <summary>When it arrived, in milliseconds of the loop's clock.</summary>
    public required long ArrivedAtMs { get; init; }

    /// <summary>What it costs, about.</summary>
    public int Bytes => Topic.Length + Payload.Length + Properties.Length + Overhead;

    /// <summary>Its number in the state log of <see cref="LogGeneration"/>; 0: in none.</summary>
    public long LogNumber { get; set; }

    public int LogGeneration { get; set; }

    /// <summary>Seconds left at <paramref name="nowMs"/>; 0 when it has expired, <see cref="Never"/> when it never does.</summary>
    public uint SecondsLeft(long nowMs)
    {
        if (ExpirySeconds == Never)
        {
            return Never;
        }

        var left = ExpirySeconds - ((nowMs - ArrivedAtMs) / 1000);
        return left > 0 ? (uint)left : 0;
    }

    /// <summary>A message of the server itself; a payload that has an array of its own is kept as it is.</summary>
    public static StoredMessage From(MqttMessage message, byte[] topic, long nowMs) => new()
    {
        Topic = topic,
        Payload = MemoryMarshal.TryGetArray(message.Payload, out var whole) && whole.Count == whole.Array!.Length ? whole.Array : message.Payload.ToArray(),
        Properties = MessageProperties.Forwarded(message),
        QualityOfService = message.QualityOfService,
        Retain = message.Retain,
        ExpirySeconds = message.Expiry is { } expiry ? MessageProperties.WholeSeconds(expiry) : Never,
        ArrivedAtMs = nowMs,
    };
}
