using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;

namespace CleanStreets.Edge.Publish;

/// <summary>What concerns the box itself and not the truck that it sits on: who it is, what it can be asked, and who hears where it sits.</summary>
/// <param name="Device">The box, as its certificate says.</param>
/// <param name="Commands">What it can be asked.</param>
/// <param name="Assigned">Hears what the city wants of the box; null: it is not listened to. Must not wait for the link.</param>
internal sealed record BoxTopics(DeviceId Device, TruckCommands Commands, Action<BoxAssignment>? Assigned);
