using System.ComponentModel.DataAnnotations;
using CleanStreets.Mqtt.Listener;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Receive;

/// <summary>What one device may send before it is read more slowly, so that one at full speed does not slow the others.</summary>
/// <remarks>
/// A truck sends a few hundred bytes a second. One that catches up a day at one reading a second has 30 MB of JSON, or 5 MB of Protobuf, to send: with these defaults
/// that takes it seconds, and the city's other trucks do not notice. A rate of 0 is no limit.
/// </remarks>
public sealed class BudgetOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Budget";

    /// <summary>Bytes a second of one device. Default: 4 MiB, about 12,000 readings in JSON: a twentieth of what one core takes.</summary>
    /// <remarks>Much below 16 KiB a hold lasts longer than a client waits for the answer to its ping.</remarks>
    [Range(0, 1 << 30)]
    public int BytesPerSecond { get; set; } = 4 * 1024 * 1024;

    /// <summary>Bytes at once after a quiet time. Default: 16 MiB.</summary>
    [Range(1024, 1 << 30)]
    public int BurstBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Messages a second of one device. Default: 2,000.</summary>
    [Range(0, 10_000_000)]
    public int MessagesPerSecond { get; set; } = 2000;

    /// <summary>Messages at once after a quiet time. Default: 20,000.</summary>
    [Range(1, 100_000_000)]
    public int BurstMessages { get; set; } = 20_000;

    /// <summary>Whether it holds for programs of this machine that show no name, too. Default: false: they are ours, and whoever runs beside us can slow us anyway.</summary>
    /// <remarks>Where trucks come through a proxy on this machine and show no names, say true.</remarks>
    public bool IncludesLoopback { get; set; }

    /// <summary>Devices that one sender over HTTP speaks for: it has so many budgets in one. Default: 16, because a hub sends for many.</summary>
    [Range(1, 10_000)]
    public int DevicesPerHttpSender { get; set; } = 16;

    internal MqttSendingBudget ForListener() => new()
    {
        BytesPerSecond = BytesPerSecond,
        BurstBytes = BurstBytes,
        MessagesPerSecond = MessagesPerSecond,
        BurstMessages = BurstMessages,
        IncludesLoopback = IncludesLoopback,
    };
}

[OptionsValidator]
internal sealed partial class BudgetOptionsValidator : IValidateOptions<BudgetOptions>;
