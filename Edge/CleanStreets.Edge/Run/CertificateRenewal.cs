using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CleanStreets.Edge.Enroll;
using CleanStreets.Edge.Publish;
using CleanStreets.Mqtt.Client.Transport;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

/// <summary>Renews the box's certificate when a third of its life is left, and when asked, while readings go on; then the link is made anew with it.</summary>
/// <remarks>
/// The spool is not touched. What was on its way when the link was made anew goes again, and the city drops repeats. A certificate that has ended cannot be renewed: the log says so,
/// readings stay on the spool, and <c>edge enroll</c> with a new code brings the box back, without a restart.
/// </remarks>
internal sealed class CertificateRenewal(Uri city, BoxIdentity identity, string authorityFile, TimeProvider clock, ILogger logger) : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1), ShortestWait = TimeSpan.FromSeconds(1), FirstRetry = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _saidEnded;

    /// <summary>Makes the link anew with the certificate of now. Set before the first renewal.</summary>
    public Func<CancellationToken, Task>? Reconnect { get; set; }

    /// <summary>End of the certificate of now; null without one. Any thread.</summary>
    public DateTimeOffset? EndsAt
    {
        get
        {
            using var certificate = identity.Read();
            return certificate is null ? null : new DateTimeOffset(certificate.NotAfter).ToUniversalTime();
        }
    }

    /// <summary>Whether a certificate should be renewed now.</summary>
    public static bool IsDue(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now) => to - now < (to - from) / 3;

    /// <summary>Looks after the certificate until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var retry = FirstRetry;
        try
        {
            while (true)
            {
                var wait = LongestWait;
                if (Validity() is var (from, to))
                {
                    var now = clock.GetUtcNow();
                    if (now >= to)
                    {
                        SayEnded(to);
                    }
                    else if (now >= from && IsDue(from, to, now))
                    {
                        var done = (await RenewAsync(stop)).Status == 200;
                        retry = done ? FirstRetry : retry * 2 < LongestWait ? retry * 2 : LongestWait;
                        wait = done ? ShortestWait : retry;
                    }
                    else
                    {
                        _saidEnded = false;
                        wait = to - ((to - from) / 3) - now;
                    }
                }

                await Task.Delay(wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait, clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Our own stop.
        }
    }

    /// <summary>Renews now.</summary>
    public async ValueTask<CommandAnswer> RenewAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            using var current = identity.Read();
            if (current is null)
            {
                return CommandAnswer.Problem(409, "the box has no certificate that can be read");
            }

            using var authority = CertificateFiles.Roots(authorityFile)[0];
            await new Enroller(city, clock).RenewAsync(current, authority, identity, stop);
            var endsAt = EndsAt!.Value;
            RunLog.Renewed(logger, endsAt);
            if (Reconnect is { } reconnect)
            {
                await reconnect(stop);
            }

            return CommandAnswer.Ok(System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["certificateEndsAt"] = endsAt.ToString("O") }.ToJsonString()));
        }
        catch (Exception ex) when (ex is EnrollException or IOException or UnauthorizedAccessException or CryptographicException or InvalidDataException)
        {
            RunLog.NotRenewed(logger, ex.Message);
            return CommandAnswer.Problem(502, ex.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private (DateTimeOffset From, DateTimeOffset To)? Validity()
    {
        using var certificate = identity.Read();
        return certificate is null ? null : (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
    }

    private void SayEnded(DateTimeOffset at)
    {
        if (!_saidEnded)
        {
            _saidEnded = true;
            RunLog.CertificateEnded(logger, at.ToUniversalTime());
        }
    }
}
