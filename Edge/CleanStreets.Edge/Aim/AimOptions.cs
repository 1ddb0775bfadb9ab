using System.Net;
using CleanStreets.Edge.Run;

namespace CleanStreets.Edge.Aim;

/// <summary>What <c>edge aim</c> was asked for.</summary>
/// <param name="Camera">The camera's file: read at the start, and written when the aim is accepted.</param>
/// <param name="Data">Folder of the agent's data: the acceptance sheet is kept there.</param>
/// <param name="Truck">The truck, for the sheet; empty when nobody said it.</param>
/// <param name="Device">The box, for the sheet; null when it has no name.</param>
/// <param name="Settings">The box's settings; null when only a camera's file was given: then position and clock are not looked at.</param>
/// <param name="Listen">Where the page is served.</param>
internal sealed record AimOptions(string Camera, string Data, string Truck, string? Device, EdgeSettings? Settings, IPEndPoint Listen)
{
    /// <summary>Where the page is served when nobody says otherwise: on every network that the box has.</summary>
    public const string DefaultListen = "0.0.0.0:8088";
}
