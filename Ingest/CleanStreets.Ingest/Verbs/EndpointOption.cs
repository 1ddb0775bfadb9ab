using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace CleanStreets.Ingest.Verbs;

/// <summary>An option of the form HOST:PORT.</summary>
internal static class EndpointOption
{
    public static Option<IPEndPoint> Create(string name, string description, IPEndPoint fallback) => new(name)
    {
        Description = description,
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            if (TryParse(text, out var endpoint))
            {
                return endpoint;
            }

            result.AddError(Refusal(text, name, $"127.0.0.1:{fallback.Port}"));
            return fallback;
        },
    };

    /// <summary>The same without a default: null when it is not given.</summary>
    public static Option<IPEndPoint?> CreateOptional(string name, string description, string example) => new(name)
    {
        Description = description,
        HelpName = "HOST:PORT",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            if (!TryParse(text, out var endpoint))
            {
                result.AddError(Refusal(text, name, example));
            }

            return endpoint;
        },
    };

    public static bool TryParse(string text, out IPEndPoint endpoint)
    {
        var address = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text["localhost".Length..] : text;
        return IPEndPoint.TryParse(address, out endpoint!) && NamesPort(endpoint.Address, address);
    }

    /// <summary>Every IPv6 address has colons: only behind brackets does one begin a port.</summary>
    private static bool NamesPort(IPAddress address, string text) =>
        text.Contains(address.AddressFamily == AddressFamily.InterNetworkV6 ? "]:" : ":", StringComparison.Ordinal);

    private static string Refusal(string text, string name, string example) =>
        IPAddress.TryParse(text, out var bare) && bare.AddressFamily == AddressFamily.InterNetworkV6
            ? $"'{text}' names no port for {name}: write an IPv6 address as [{bare}]:{example.Split(':')[^1]}."
            : $"'{text}' is not HOST:PORT for {name}: write for example {example}.";
}
