using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>How readings are taken as events over HTTP.</summary>
public sealed class EventsOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Events";

    /// <summary>Shared key that every request must carry; environment <c>Ingest__Events__Key</c>. Default: none, and then only this machine may send.</summary>
    public string? Key { get; set; }

    /// <summary>File of keys, one a line, any of which will do; read again when it changes, so keys rotate without a restart. Default: none.</summary>
    public string? KeyFile { get; set; }

    /// <summary>PEM certificate of <c>--events</c>; its private key stands in the same file or in <see cref="CertificateKeyFile"/>. Default: none, clear text.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM private key of <see cref="CertificateFile"/>.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>Largest body. Default: 1.5 MiB; Event Grid sends 1 MB at most.</summary>
    [Range(4 * 1024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 1536 * 1024;

    /// <summary>Most events in one request. Default: 5,000, what Event Grid sends at most.</summary>
    /// <remarks>Without it a body of commas would become half a million quarantined messages.</remarks>
    [Range(1, 100_000)]
    public int MaxEvents { get; set; } = 5000;

    /// <summary>Requests in hand at once; with <see cref="MaxBodyBytes"/> the bound on memory. One more is told to come back. Default: 32.</summary>
    [Range(1, 4096)]
    public int MaxRequests { get; set; } = 32;

    /// <summary>Longest a request may take to send its body, and then to reach the disk. Default: 25 s; Event Grid gives up after 30.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>Origins that may send after CloudEvents' handshake; <c>*</c> is everybody. Default: Event Grid's.</summary>
    public IList<string> AllowedOrigins { get; } = ["eventgrid.azure.net"];
}

[OptionsValidator]
internal sealed partial class EventsOptionsValidator : IValidateOptions<EventsOptions>;
