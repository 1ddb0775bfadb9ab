using System.Globalization;
using CleanStreets.Contracts;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>Readings that a change told later comes too late for: they were accepted for the truck on which their box sat as far as was known, and stay there.</summary>
/// <param name="DeviceId">The box that sent them.</param>
/// <param name="TruckId">The truck that has them.</param>
/// <param name="From">Since when the box sat there no more.</param>
/// <param name="To">When that was told.</param>
internal sealed record StayingReadings(DeviceId DeviceId, TruckId TruckId, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>A sentence for people.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"what {DeviceId} sent from {From:u} to {To:u} stays with {TruckId}, for which it was accepted");
}
