namespace CleanStreets.Edge.Upgrade;

/// <summary>A release cannot be used; the message says why, without a full stop.</summary>
internal sealed class UpgradeException(string message, Exception? cause = null) : Exception(message, cause);
