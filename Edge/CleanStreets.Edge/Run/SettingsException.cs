namespace CleanStreets.Edge.Run;

/// <summary>The settings are wrong; the message names each fault and its place.</summary>
internal sealed class SettingsException(string message, Exception? cause = null) : Exception(message, cause);
