using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Dashboard.Web;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>An HTTPS address of its own on which boxes get and renew certificates. Nothing else is served there, and these paths nowhere else.</summary>
internal static class EnrolmentDoor
{
    private const string Mark = "CleanStreets.Door";
    private const int HashesAtOnce = 2;

    // The slow hash of a code must not take the whole machine.
    private static readonly SemaphoreSlim Hashing = new(HashesAtOnce);

    /// <summary>Listens; the certificate is read again when its file changes.</summary>
    public static void ListenForBoxes(this KestrelServerOptions kestrel, FleetOptions options, FleetFiles files)
    {
        var certificate = new DoorCertificate(files);
        kestrel.Listen(options.Door.ToEndpoint()!, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection =>
            {
                connection.Items[Mark] = true;
                return next(connection);
            });
            listen.UseHttps(https =>
            {
                https.ServerCertificateSelector = (_, _) => certificate.Current;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (_, _, _) => true; // The registry judges it, where it is asked for one.
            });
        });
    }

    /// <summary>Keeps everything else away from this address.</summary>
    public static void UseEnrolmentDoor(this IApplicationBuilder app) => app.Use((context, next) =>
        IsDoor(context) && !context.Request.Path.StartsWithSegments("/enrol", StringComparison.Ordinal) ? NothingHere().ExecuteAsync(context) : next(context));

    public static void MapEnrolment(this IEndpointRouteBuilder routes)
    {
        var door = routes.MapGroup(string.Empty).AllowAnonymous();
        door.AddEndpointFilter(async (invocation, next) => IsDoor(invocation.HttpContext) ? await next(invocation) : NothingHere());
        door.MapGet(EnrolmentPaths.Authority, (CityAuthority authority) => TypedResults.Text(authority.Pem + "\n", "application/x-pem-file"));
        door.MapPost(EnrolmentPaths.Certificate, EnrolAsync);
        door.MapPost(EnrolmentPaths.Renewal, Renew);
    }

    private static async Task<IResult> EnrolAsync(
        CertificateWish wish, HttpContext context, BoxRegistry registry, CityAuthority authority, CodeThrottle throttle, FleetOptions options, ILoggerFactory loggers)
    {
        var address = context.Connection.RemoteIpAddress;
        var logger = loggers.CreateLogger("CleanStreets.Dashboard.Fleet");
        if (!EnrolmentCode.TryParse(wish.Code, out var code) || wish.Request is null)
        {
            return Problems.Of(400, "code_unknown", "A code is eight letters and digits.");
        }

        if (!throttle.TryEnter(address))
        {
            FleetLog.TooManyCodes(logger, address?.ToString() ?? "unknown");
            context.Response.Headers.RetryAfter = "60";
            return Problems.Of(429, "too_many_codes", "Too many wrong codes: wait a minute and try again.");
        }

        await Hashing.WaitAsync(context.RequestAborted);
        try
        {
            var box = registry.Enrol(code.Secret, wish.Request, address?.ToString() ?? "unknown");
            throttle.Forgive(address);
            FleetLog.Enrolled(logger, box.DeviceId.Value, address?.ToString() ?? "unknown");
            return TypedResults.Ok(Grant(box, authority, options));
        }
        catch (FleetException refused)
        {
            FleetLog.CodeRefused(logger, address?.ToString() ?? "unknown", refused.Code);
            return Problems.Of(refused.Code == "request_refused" ? 400 : 403, refused.Code, refused.Message);
        }
        finally
        {
            Hashing.Release();
        }
    }

    private static IResult Renew(CertificateWish wish, HttpContext context, BoxRegistry registry, CityAuthority authority, FleetOptions options, ILoggerFactory loggers)
    {
        if (context.Connection.ClientCertificate is not { } shown)
        {
            return Problems.Of(401, "not_known", "Show the certificate that is to be renewed.");
        }

        try
        {
            var box = registry.Renew(shown, wish.Request ?? string.Empty, context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
            FleetLog.Renewed(loggers.CreateLogger("CleanStreets.Dashboard.Fleet"), box.DeviceId.Value);
            return TypedResults.Ok(Grant(box, authority, options));
        }
        catch (FleetException refused)
        {
            return Problems.Of(refused.Code == "request_refused" ? 400 : 403, refused.Code, refused.Message);
        }
    }

    private static CertificateGrant Grant(EnrolledBox box, CityAuthority authority, FleetOptions options) =>
        new(box.DeviceId, box.TruckId, box.Certificate + "\n", authority.Pem + "\n", options.Names[0], options.MqttPort);

    private static bool IsDoor(HttpContext context) => context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(Mark) == true;

    private static IResult NothingHere() => Problems.Of(404, "not_found", "There is nothing under this address.");

    /// <summary>The door's certificate, read again when its file has changed. Any thread.</summary>
    private sealed class DoorCertificate(FleetFiles files)
    {
        private sealed record Kept(DateTime At, X509Certificate2 Certificate);

        private Kept? _kept;

        public X509Certificate2? Current
        {
            get
            {
                var (kept, at) = (Volatile.Read(ref _kept), File.GetLastWriteTimeUtc(files.DoorCertificate));
                if (kept?.At == at)
                {
                    return kept.Certificate;
                }

                try
                {
                    var certificate = X509Certificate2.CreateFromPemFile(files.DoorCertificate, files.DoorKey);
                    Volatile.Write(ref _kept, new Kept(at, certificate));
                    return certificate;
                }
                catch (Exception ex) when (ex is IOException or CryptographicException)
                {
                    return kept?.Certificate; // Between the two files of a renewal: the next handshake has both.
                }
            }
        }
    }
}
