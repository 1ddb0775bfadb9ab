using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Disk;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Publish;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

/// <summary>What the city wants on the truck's config topic: put in force at once, whole or not at all, and said back.</summary>
internal sealed class CitySettings
{
    private readonly RateSettings _own;
    private readonly ReadingMaker _maker;
    private readonly UploadBudget _budget;
    private readonly ILogger _logger;
    private readonly string? _file;
    private TruckSettings _inForce = new();

    /// <summary>Puts in force what the city said last, else the truck's own settings.</summary>
    /// <param name="own">The truck's own.</param>
    /// <param name="maker">Whose pace they set.</param>
    /// <param name="budget">Whose bounds they set.</param>
    /// <param name="logger">For the log.</param>
    /// <param name="file">Keeps what the city said, so that a restart without a link goes on with it; null: nothing is kept.</param>
    public CitySettings(RateSettings own, ReadingMaker maker, UploadBudget budget, ILogger logger, string? file = null)
    {
        (_own, _maker, _budget, _logger, _file) = (own, maker, budget, logger, file);
        Apply(Kept() ?? new TruckSettings());
    }

    /// <summary>The settings in force, and why the newest were refused if they were. Any thread.</summary>
    public TruckSettings InForce => Volatile.Read(ref _inForce);

    /// <summary>Takes the ring that the city wants; null: the box's own. Absent: the box takes no upgrades.</summary>
    public Action<string?>? TakeRing { get; set; }

    /// <summary>Takes a message of the config topic; an empty one brings the truck's own settings back.</summary>
    public void Take(ReadOnlyMemory<byte> message)
    {
        TruckSettings? wanted;
        try
        {
            wanted = message.IsEmpty ? new TruckSettings() : JsonSerializer.Deserialize(message.Span, ContractJson.Default.TruckSettings);
        }
        catch (JsonException ex)
        {
            Refuse(null, "it is not JSON of settings: " + ex.Message.Split(" Path:")[0]);
            return;
        }

        if (wanted is null)
        {
            Refuse(null, "it holds no settings");
            return;
        }

        var faults = Faults(wanted);
        if (faults.Count > 0)
        {
            Refuse(wanted.Version, string.Join("; ", faults));
            return;
        }

        Apply(wanted);
        Keep(message.Span);
        TakeRing?.Invoke(wanted.Ring);
        RunLog.SettingsTaken(_logger, wanted.Version ?? "without a version", InForce.ReadingsASecond!.Value, InForce.BacklogBytesASecond!.Value, InForce.DailyBytes!.Value);
    }

    private TruckSettings? Kept()
    {
        try
        {
            if (_file is null || !File.Exists(_file) || JsonSerializer.Deserialize(File.ReadAllBytes(_file), ContractJson.Default.TruckSettings) is not { } kept || Faults(kept).Count > 0)
            {
                return null;
            }

            RunLog.SettingsKept(_logger, kept.Version ?? "without a version");
            return kept;
        }
        catch (Exception ex) when (ex is JsonException or IOException or UnauthorizedAccessException)
        {
            return null; // The truck's own, until the city says it again.
        }
    }

    private void Keep(ReadOnlySpan<byte> message)
    {
        try
        {
            if (_file is not null && !message.IsEmpty)
            {
                WholeFile.Write(_file, message);
            }
            else if (_file is not null)
            {
                File.Delete(_file);
            }
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // A full disk: they hold until the next start.
        }
    }

    private List<string> Faults(TruckSettings wanted) =>
    [
        .. SettingsCheck.Faults(
            wanted.ReadingsASecond ?? _own.ReadingsASecond, wanted.BacklogBytesASecond ?? _own.BacklogBytesASecond, wanted.DailyBytes ?? _own.DailyBytes),
        .. SettingsCheck.Faults(wanted.Ring),
    ];

    private void Apply(TruckSettings wanted)
    {
        var now = new TruckSettings
        {
            Version = wanted.Version,
            Ring = wanted.Ring,
            ReadingsASecond = wanted.ReadingsASecond ?? _own.ReadingsASecond,
            BacklogBytesASecond = wanted.BacklogBytesASecond ?? _own.BacklogBytesASecond,
            DailyBytes = wanted.DailyBytes ?? _own.DailyBytes,
        };
        _maker.ReadingsASecond = now.ReadingsASecond.Value;
        _budget.BacklogBytesASecond = now.BacklogBytesASecond.Value;
        _budget.DailyBytes = now.DailyBytes.Value;
        Volatile.Write(ref _inForce, now);
    }

    private void Refuse(string? version, string reason)
    {
        Volatile.Write(ref _inForce, InForce with { Refused = version is null ? reason : $"{version}: {reason}" });
        RunLog.SettingsRefused(_logger, version ?? "without a version", reason);
    }
}
