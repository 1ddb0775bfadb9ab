namespace CleanStreets.Edge.Simulate;

/// <summary>What was asked for cannot be simulated: the message says what is wrong and what to do. Exit code 2.</summary>
internal sealed class SimulateException(string message, Exception? cause = null) : Exception(message, cause);
