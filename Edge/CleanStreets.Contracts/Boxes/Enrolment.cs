namespace CleanStreets.Contracts.Boxes;

/// <summary>Where the city's door for boxes answers, over HTTPS.</summary>
public static class EnrolmentPaths
{
    /// <summary>GET: the authority's certificate (PEM). Public: whoever asks compares it with the fingerprint it was given.</summary>
    public const string Authority = "/enrol/v1/authority";

    /// <summary>POST <see cref="CertificateWish"/> with a code: <see cref="CertificateGrant"/>.</summary>
    public const string Certificate = "/enrol/v1/certificate";

    /// <summary>POST <see cref="CertificateWish"/> over a link with the certificate of now: <see cref="CertificateGrant"/>.</summary>
    public const string Renewal = "/enrol/v1/renewal";
}

/// <summary>A box asks for a certificate. Its private key was made on the box and stays there.</summary>
/// <param name="Request">PKCS #10 request, PEM. Only the public key and the proof that the box has the private one count; the name is the city's.</param>
/// <param name="Code">The one-time secret; absent at a renewal.</param>
public sealed record CertificateWish(string Request, string? Code = null);

/// <summary>What the city gives a box.</summary>
/// <param name="DeviceId">The box: the common name of the certificate.</param>
/// <param name="TruckId">The truck that it sits on now; absent when it is on none yet.</param>
/// <param name="Certificate">The certificate, PEM.</param>
/// <param name="Authority">The city's authority, PEM: what the box trusts from now on.</param>
/// <param name="MqttHost">Where readings go.</param>
/// <param name="MqttPort">Port with TLS.</param>
public sealed record CertificateGrant(DeviceId DeviceId, TruckId? TruckId, string Certificate, string Authority, string MqttHost, int MqttPort);

/// <summary>Why the city's door did not do what it was asked (<c>application/problem+json</c>).</summary>
/// <param name="Code">For programs: <c>code_unknown</c>, <c>code_used</c>, <c>code_expired</c>, <c>too_many_codes</c>, <c>request_refused</c>, <c>not_known</c>.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record EnrolmentProblem(string? Code, string? Detail);
