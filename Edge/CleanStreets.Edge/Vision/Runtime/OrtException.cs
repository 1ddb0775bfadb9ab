namespace CleanStreets.Edge.Vision.Runtime;

/// <summary>ONNX Runtime refused a call; the message is its own.</summary>
internal sealed class OrtException(string message) : Exception(message);
