namespace CleanStreets.Edge.Position;

/// <summary>The place cannot be told this way; the message says what to do.</summary>
internal sealed class PositionException(string message, Exception? cause = null) : Exception(message, cause);
