using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;

namespace CleanStreets.Edge.Enroll;

/// <summary>The city's HTTPS address for boxes, as a box sees it.</summary>
internal sealed class CityDoor(Uri city, TimeProvider time)
{
    private const int LargestAnswer = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Certificates are issued an hour back; beyond that one of the two refuses the other.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(30);

    /// <summary>Asks who the city's authority is and believes the answer only when it has the fingerprint.</summary>
    /// <exception cref="EnrollException">Nobody answers, it is another city, or the clock of this box is wrong.</exception>
    public async Task<X509Certificate2> FindAuthorityAsync(string fingerprint, CancellationToken stop)
    {
        using var client = Client(AcceptAnybody());
        var (authority, said) = await GuardAsync(async () =>
        {
            using var response = await client.GetAsync(new Uri(city, EnrolmentPaths.Authority), stop);
            return response.IsSuccessStatusCode
                ? (X509Certificate2.CreateFromPem(await response.Content.ReadAsStringAsync(stop)), response.Headers.Date)
                : throw new EnrollException($"{city} is no door for boxes (it answered {(int)response.StatusCode}): ask which address --city is, usually port 8443.");
        });
        if (!CryptographicOperations.FixedTimeEquals(Bytes(EnrolmentCode.FingerprintOf(authority.RawData)), Bytes(fingerprint)))
        {
            throw new EnrollException($"{city} is not the city that the code is for (its fingerprint is {EnrolmentCode.FingerprintOf(authority.RawData)}, the code says {fingerprint}). Nothing was sent. Check the address; if it is right, somebody may be in between.");
        }

        DemandClock(said);
        return authority;
    }

    /// <summary>Asks for a certificate.</summary>
    /// <param name="path">One of <see cref="EnrolmentPaths"/>.</param>
    /// <param name="wish">What is asked.</param>
    /// <param name="authority">Who must have signed the door's certificate.</param>
    /// <param name="shown">The certificate of now, at a renewal.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="EnrollException">Nobody answers, or the city refuses; its sentence is passed on.</exception>
    public async Task<CertificateGrant> WishAsync(string path, CertificateWish wish, X509Certificate2 authority, X509Certificate2? shown, CancellationToken stop)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = Patience };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationTime = time.GetUtcNow().UtcDateTime,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(authority);
        if (shown is not null)
        {
            handler.SslOptions.ClientCertificates = [shown];
        }

        using var client = Client(handler);
        return await GuardAsync(async () =>
        {
            using var response = await client.PostAsJsonAsync(new Uri(city, path), wish, ContractJson.Default.CertificateWish, stop);
            var text = await response.Content.ReadAsStringAsync(stop);
            if (response.IsSuccessStatusCode)
            {
                return JsonSerializer.Deserialize(text, ContractJson.Default.CertificateGrant) ?? throw new JsonException();
            }

            var problem = JsonSerializer.Deserialize(text, ContractJson.Default.EnrolmentProblem);
            throw new EnrollException(problem?.Detail ?? $"{city} answered {(int)response.StatusCode}.") { Code = problem?.Code };
        });
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private void DemandClock(DateTimeOffset? said)
    {
        var now = time.GetUtcNow();
        if (said is { } theirs && (now - theirs).Duration() > ClockSlack)
        {
            throw new EnrollException(
                $"The clock of this box says {now:u} and the city's {theirs:u}: set it first (let GPS or NTP do it, or timedatectl set-time), or no certificate would be in force here. The code was not used.");
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException ex) when (ex.InnerException is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData })
        {
            throw new EnrollException($"{city.Host} has no address: check --city and this box's way to the internet (SIM, data link, /etc/resolv.conf).", cause: ex);
        }
        catch (HttpRequestException ex) when (ex.InnerException is AuthenticationException)
        {
            throw new EnrollException(
                $"{city} shows a certificate that is not good ({ex.InnerException.InnerException?.Message ?? ex.InnerException.Message}): call it by one of the names it was made for, and check the clock of this box ({time.GetUtcNow():u}).", cause: ex);
        }
        catch (HttpRequestException ex)
        {
            throw new EnrollException($"{city} cannot be reached ({ex.InnerException?.Message ?? ex.Message}): check the address, this box's way to the internet, and the firewall on the way.", cause: ex);
        }
        catch (TaskCanceledException ex) when (ex.InnerException is TimeoutException)
        {
            throw new EnrollException($"{city} does not answer within {Patience.TotalSeconds:0} s: check this box's way to the internet and try again.", cause: ex);
        }
        catch (Exception ex) when (ex is JsonException or FormatException or CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new EnrollException($"{city} does not answer as a door for boxes does: check the address.", cause: ex);
        }
    }

    private static HttpClient Client(SocketsHttpHandler handler) => new(handler) { Timeout = Patience, MaxResponseContentBufferSize = LargestAnswer };

    [SuppressMessage("Security", "CA5359:Do Not Disable Certificate Validation", Justification = "Only the authority's public certificate is asked for, and it is compared with the fingerprint of the code.")]
    private static SocketsHttpHandler AcceptAnybody()
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = Patience };
#pragma warning disable MA0039 // As above: what comes is believed for its fingerprint.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore MA0039
        return handler;
    }
}
