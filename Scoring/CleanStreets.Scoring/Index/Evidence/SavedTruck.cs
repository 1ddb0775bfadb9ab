using CleanStreets.Contracts;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Index;

/// <summary>Reads the truck of a pass or a find.</summary>
internal static class SavedTruck
{
    /// <exception cref="StateException">It is no truck id.</exception>
    public static TruckId Load(ref StateReader state) => TruckId.TryCreate(state.RequiredText(), out var truck)
        ? truck
        : throw new StateException("A truck has no valid id.");
}
