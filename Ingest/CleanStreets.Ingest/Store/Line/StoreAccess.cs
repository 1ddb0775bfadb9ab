using System.Net.Http.Headers;
using System.Text;

namespace CleanStreets.Ingest.Store.Line;

/// <summary>How to log in at a store: a token, or a user with a password. From the environment or from a file, never from the command line.</summary>
public sealed class StoreAccess
{
    /// <summary>User name.</summary>
    public string? User { get; set; }

    /// <summary>Password.</summary>
    public string? Password { get; set; }

    /// <summary>File that holds the password; read anew for every request, so it can be changed while the service runs.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Token of InfluxDB 2.x and 3.x.</summary>
    public string? Token { get; set; }

    /// <summary>File that holds the token; read anew for every request.</summary>
    public string? TokenFile { get; set; }

    /// <summary>The header, or null without a log-in.</summary>
    /// <exception cref="StoreUnavailableException">A file cannot be read.</exception>
    internal AuthenticationHeaderValue? Authorization()
    {
        if (Token is not null || TokenFile is not null)
        {
            return new AuthenticationHeaderValue("Token", Token ?? Read(TokenFile!));
        }

        var password = Password ?? (PasswordFile is null ? string.Empty : Read(PasswordFile));
        return User is null
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{password}")));
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"its secret cannot be read: {fault.Message}", fault);
        }
    }
}
