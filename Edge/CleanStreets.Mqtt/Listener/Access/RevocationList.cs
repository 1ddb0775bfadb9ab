using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CleanStreets.Mqtt.Listener.Access;

/// <summary>The certificates that authorities have revoked. Immutable: reloading makes another one.</summary>
internal sealed class RevocationList
{
    private const string Label = "X509 CRL";

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    public static RevocationList Empty { get; } = new();

    /// <summary>When the first of the lists should have been replaced by its authority; they hold all the same.</summary>
    public DateTimeOffset NextUpdate { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Reads every list of a PEM file. Each must be signed by one of the authorities.</summary>
    /// <exception cref="FormatException">There is none, one is not of the format, or none of the authorities has signed it.</exception>
    public static RevocationList Parse(string pem, X509Certificate2Collection authorities)
    {
        var all = new RevocationList();
        var found = false;
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label].SequenceEqual(Label))
            {
                all.Add(SignedRevocations.Parse(Convert.FromBase64String(rest[fields.Base64Data].ToString())), authorities);
                found = true;
            }

            rest = rest[fields.Location.End..];
        }

        return found ? all : throw new FormatException($"it holds no PEM block '{Label}'");
    }

    /// <summary>Whether the certificate itself, or one that its trust rests on, is revoked.</summary>
    public bool Covers(CertificateIdentity certificate) => _keys.Count > 0 && certificate.Keys.Any(_keys.Contains);

    private void Add(SignedRevocations list, X509Certificate2Collection authorities)
    {
        var signer = authorities.FirstOrDefault(list.IsSignedBy)
            ?? throw new FormatException("a revocation list in it is not signed by an authority whose certificates are accepted");
        foreach (var serial in list.Serials)
        {
            _keys.Add(CertificateIdentity.Key(signer, serial));
        }

        NextUpdate = list.NextUpdate < NextUpdate ? list.NextUpdate : NextUpdate;
    }
}
