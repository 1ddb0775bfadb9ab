namespace CleanStreets.Edge.IotHub;

/// <summary>Which device of which hub we are, and the topics that follow from it.</summary>
/// <param name="Host">The hub's name, lower case.</param>
/// <param name="DeviceId">The device, in the case it was registered in.</param>
internal sealed record HubIdentity(string Host, string DeviceId)
{
    private const string ApiVersion = "2021-04-12";

    /// <summary>What twin requests are answered on.</summary>
    public const string TwinAnswers = "$iothub/twin/res/";

    /// <summary>What changes of the desired properties arrive on.</summary>
    public const string DesiredPatches = "$iothub/twin/PATCH/properties/desired/";

    /// <summary>What direct methods arrive on.</summary>
    public const string Methods = "$iothub/methods/POST/";

    /// <summary>User name of CONNECT.</summary>
    public string UserName => $"{Host}/{DeviceId}/?api-version={ApiVersion}";

    /// <summary>What a token gives the right to.</summary>
    public string Resource => $"{Host}/devices/{DeviceId}";

    /// <summary>Where a message to the hub goes, with its properties.</summary>
    public string Events(string bag) => $"devices/{DeviceId}/messages/events/{bag}";

    /// <summary>Where messages of the city arrive.</summary>
    public string DeviceBound => $"devices/{DeviceId}/messages/devicebound/";
}
