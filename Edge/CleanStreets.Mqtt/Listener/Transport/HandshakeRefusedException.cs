namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>A handshake ended because of our rules; the message says why, as the end of a sentence about the peer.</summary>
internal sealed class HandshakeRefusedException : Exception
{
    public HandshakeRefusedException(string message) : base(message) { }

    public HandshakeRefusedException(string message, Exception inner) : base(message, inner) { }

    public HandshakeRefusedException() { }
}
