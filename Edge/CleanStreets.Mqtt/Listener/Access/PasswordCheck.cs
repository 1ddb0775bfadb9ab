using System.Security.Cryptography;

namespace CleanStreets.Mqtt.Listener.Access;

/// <summary>One question whether a password is right, answered on a thread of the pool, because the hash is made to be slow.</summary>
/// <remarks>Owned by the loop, but for <see cref="Compute"/>.</remarks>
internal sealed class PasswordCheck(Connection connection, PasswordFile file, string userName, ReadOnlySpan<byte> password)
{
    private readonly byte[] _password = password.ToArray();

    /// <summary>Whose CONNECT waits for the answer.</summary>
    public Connection Connection => connection;

    /// <summary>What it is checked against.</summary>
    public PasswordFile File => file;

    /// <summary>The answer; null as long as there is none.</summary>
    public bool? IsRight { get; set; }

    /// <summary>Its place among those that wait; null once it is being computed.</summary>
    public LinkedListNode<PasswordCheck>? Place { get; set; }

    /// <summary>Any thread, once: finds the answer and wipes the password.</summary>
    public bool Compute()
    {
        var isRight = file.Knows(userName, _password);
        CryptographicOperations.ZeroMemory(_password);
        return isRight;
    }
}
