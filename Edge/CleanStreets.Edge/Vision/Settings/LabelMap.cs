using CleanStreets.Edge.Vision.Model;

namespace CleanStreets.Edge.Vision.Settings;

/// <summary>The labels of one model with what the settings say about each.</summary>
internal sealed class LabelMap
{
    private readonly LabelRole[] _roles;
    private readonly string?[] _kinds;

    public LabelMap(IReadOnlyList<string> labels, VisionSettings settings)
    {
        Labels = labels;
        _roles = [.. labels.Select(label => RoleOf(label, settings))];
        _kinds = [.. labels.Select(label => settings.Kinds.GetValueOrDefault(label))];
        Threshold = new Threshold(
            [.. labels.Select((label, i) => LeastConfidence(label, _roles[i], settings))],
            [.. _roles.Select(role => role is LabelRole.Person or LabelRole.Vehicle or LabelRole.Shelter)]);
    }

    /// <summary>The labels in the model's order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>What the detector looks for. People, vehicles and shelters from the confidence on at which they make a picture unsure.</summary>
    public Threshold Threshold { get; }

    /// <summary>The role of a label.</summary>
    public LabelRole Role(int label) => _roles[label];

    /// <summary>The kind of a label; null when it has none.</summary>
    public string? Kind(int label) => _kinds[label];

    /// <summary>Whether the model knows any label of a role.</summary>
    public bool Knows(LabelRole role) => _roles.Contains(role);

    private static LabelRole RoleOf(string label, VisionSettings settings) =>
        settings.People.Contains(label) ? LabelRole.Person
        : settings.Vehicles.Contains(label) ? LabelRole.Vehicle
        : settings.Shelters.Contains(label) ? LabelRole.Shelter
        : settings.Kinds.ContainsKey(label) ? LabelRole.Item
        : LabelRole.Other;

    private static float LeastConfidence(string label, LabelRole role, VisionSettings settings)
    {
        var own = settings.ConfidenceByLabel.TryGetValue(label, out var named) ? named : settings.Confidence;
        return role is LabelRole.Person or LabelRole.Vehicle or LabelRole.Shelter ? Math.Min(own, settings.Mask.UnsureConfidence) : own;
    }
}
