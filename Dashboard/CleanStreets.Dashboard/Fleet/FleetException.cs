namespace CleanStreets.Dashboard.Fleet;

/// <summary>The registry does not do what it was asked: a code for programs and one sentence for people.</summary>
internal sealed class FleetException(string code, string message) : Exception(message)
{
    /// <summary>For programs.</summary>
    public string Code => code;
}
