namespace CleanStreets.Edge.Spool;

/// <summary>The spool cannot be used; the message says what happened and what to do.</summary>
internal sealed class SpoolException(string message, Exception? cause = null) : Exception(message, cause);
