using System.Diagnostics.CodeAnalysis;

namespace CleanStreets.Ingest.Receive.Broker;

/// <summary>Where a broker is: <c>mqtt://[user@]HOST[:PORT]</c>, encrypted as <c>mqtts://</c>.</summary>
internal sealed record BrokerAddress(string Host, int Port, bool Encrypted, string? User)
{
    private const int ClearPort = 1883;
    private const int EncryptedPort = 8883;

    /// <summary>The address without the user.</summary>
    public override string ToString() => $"{Host}:{Port}";

    /// <summary>Reads the address, or says in a sentence why it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out BrokerAddress? address, [NotNullWhen(false)] out string? problem)
    {
        address = null;
        problem = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("mqtt" or "mqtts") || uri.Host.Length == 0)
        {
            problem = $"'{text}' is not the address of a broker: write for example mqtts://ingest@broker.example.org:8883.";
        }
        else if (uri.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            // Not repeated: what stands in a command line is seen by everybody on the machine, and once is enough.
            problem = "A password does not belong in a command line, where others see it: set Ingest__Broker__Password or Ingest__Broker__PasswordFile.";
        }
        else if (uri.PathAndQuery is not ("" or "/"))
        {
            problem = $"'{text}' goes on behind the port: topics are those of the contract.";
        }
        else
        {
            var encrypted = uri.Scheme == "mqtts";
            var port = uri.Port > 0 ? uri.Port : encrypted ? EncryptedPort : ClearPort;
            var user = uri.UserInfo.Length > 0 ? Uri.UnescapeDataString(uri.UserInfo) : null;
            address = new BrokerAddress(uri.IdnHost.Trim('[', ']'), port, encrypted, user);
        }

        return address is not null;
    }
}
