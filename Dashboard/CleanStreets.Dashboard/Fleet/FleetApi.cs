using System.Security.Claims;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.Web;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>The boxes for people: who has which, codes, assignment, revocation, wiping, and questions to a box. Looking is for those who send crews, changing for admins.</summary>
internal static class FleetApi
{
    /// <summary>Longest that a code may be out.</summary>
    public const int MaxCodeDays = 90;

    private const int DefaultCodeDays = 7;

    private static readonly string[] Askable = [BoxMethods.Status, BoxMethods.Logs, BoxMethods.Renew];

    public static void MapFleet(this IEndpointRouteBuilder routes)
    {
        var boxes = routes.MapGroup("/api/boxes");
        boxes.MapGet(string.Empty, List).RequireAuthorization(Roles.Staff);
        boxes.MapGet("/{deviceId}/events", (string deviceId, BoxRegistry registry) =>
            DeviceId.TryCreate(deviceId, out var device) ? TypedResults.Ok(new { events = registry.Events(device) }) : NoBox(deviceId)).RequireAuthorization(Roles.Staff);
        boxes.MapPost("/codes", MakeCodes).RequireAuthorization(Roles.Own);
        boxes.MapPut("/{deviceId}/truck", Assign).RequireAuthorization(Roles.Own);
        boxes.MapPost("/{deviceId}/revocation", (string deviceId, BoxRegistry registry, ClaimsPrincipal user) => Change(deviceId, device => registry.Revoke(device, user.Name()))).RequireAuthorization(Roles.Own);
        boxes.MapPost("/{deviceId}/wipe", (string deviceId, BoxRegistry registry, ClaimsPrincipal user) => Change(deviceId, device => registry.Wipe(device, user.Name()))).RequireAuthorization(Roles.Own);
        boxes.MapPost("/{deviceId}/requests", AskAsync).RequireAuthorization(Roles.Own);
    }

    internal sealed record WantedBox(string? DeviceId, string? TruckId);

    internal sealed record WantedCodes(IReadOnlyList<WantedBox>? Boxes, int? Days);

    internal sealed record NewTruck(string? TruckId, DateTimeOffset? From);

    internal sealed record Question(string? Method, JsonElement? Parameters);

    private static IResult List(BoxRegistry registry, LiveBoard board, IServiceProvider services)
    {
        var trucks = board.Trucks.ToDictionary(truck => truck.TruckId.Value, StringComparer.Ordinal);
        return TypedResults.Ok(new
        {
            fingerprint = registry.Fingerprint,
            hasDoor = services.GetService<FleetLink>() is not null,
            boxes = registry.List().Select(box => new
            {
                box.DeviceId,
                box.State,
                box.TruckId,
                box.ExpectedTruckId,
                box.AssignedFrom,
                box.CertificateEndsAt,
                box.CodeEndsAt,
                box.WipeWanted,
                box.History,
                status = box.TruckId is { } truck && trucks.TryGetValue(truck, out var status) && (status.DeviceId is null || status.DeviceId == box.DeviceId) ? status : null,
            }),
        });
    }

    private static IResult MakeCodes(WantedCodes body, BoxRegistry registry, ClaimsPrincipal user)
    {
        var days = body.Days ?? DefaultCodeDays;
        if (body.Boxes is not { Count: > 0 } || days is < 1 or > MaxCodeDays)
        {
            return Problems.Of(400, "wrong_codes", $"boxes names at least one box, and days is 1 to {MaxCodeDays}.");
        }

        var wanted = new List<(DeviceId Device, TruckId? Truck)>();
        foreach (var box in body.Boxes)
        {
            TruckId truck = default;
            if (!DeviceId.TryCreate(box.DeviceId, out var device) || (box.TruckId is not null && !TruckId.TryCreate(box.TruckId, out truck)))
            {
                return Problems.Of(400, "wrong_codes", $"'{box.DeviceId}' on '{box.TruckId}': names are 1 to 64 letters, digits, '.', '_' or '-'.");
            }

            wanted.Add((device, box.TruckId is null ? null : truck));
        }

        return TypedResults.Ok(new
        {
            codes = wanted.ConvertAll(box =>
            {
                var (code, endsAt) = registry.MakeCode(box.Device, box.Truck, TimeSpan.FromDays(days), user.Name());
                return new { deviceId = box.Device, truckId = box.Truck, code = code.ToString(), endsAt };
            }),
        });
    }

    private static IResult Assign(string deviceId, NewTruck body, BoxRegistry registry, ClaimsPrincipal user)
    {
        TruckId truck = default;
        return body.TruckId is null || TruckId.TryCreate(body.TruckId, out truck)
            ? Change(deviceId, device => registry.Assign(device, body.TruckId is null ? null : truck, body.From, user.Name()) is { Count: > 0 } staying
                ? TypedResults.Ok(new { staying = staying.Select(readings => new { readings.DeviceId, readings.TruckId, readings.From, readings.To, readings.Text }) })
                : TypedResults.NoContent())
            : Problems.Of(400, "wrong_truck", $"'{body.TruckId}' is not a truck: 1 to 64 letters, digits, '.', '_' or '-'.");
    }

    private static async Task<IResult> AskAsync(string deviceId, Question body, IServiceProvider services, CancellationToken cancellation)
    {
        if (!DeviceId.TryCreate(deviceId, out var device))
        {
            return NoBox(deviceId);
        }

        if (body.Method is not { } method || !Askable.Contains(method, StringComparer.Ordinal))
        {
            return Problems.Of(400, "wrong_method", $"method is one of {string.Join(", ", Askable)}.");
        }

        if (services.GetService<FleetLink>() is not { } link)
        {
            return Problems.Of(503, "no_door", "This dashboard was started without a door for boxes (--fleet HOST:PORT).");
        }

        return await link.AskAsync(device, method, body.Parameters, cancellation) is { } answer
            ? TypedResults.Ok(new { answer.Status, answer.Body })
            : Problems.Of(504, "no_answer", $"{device} did not answer within 20 seconds: it may have no link now.");
    }

    private static IResult Change(string deviceId, Action<DeviceId> change) => Change(deviceId, device =>
    {
        change(device);
        return TypedResults.NoContent();
    });

    private static IResult Change(string deviceId, Func<DeviceId, IResult> change)
    {
        if (!DeviceId.TryCreate(deviceId, out var device))
        {
            return NoBox(deviceId);
        }

        try
        {
            return change(device);
        }
        catch (FleetException refused)
        {
            return Problems.Of(refused.Code == "box_unknown" ? 404 : 409, refused.Code, refused.Message);
        }
    }

    private static IResult NoBox(string deviceId) => Problems.Of(404, "box_unknown", $"There is no box '{deviceId}'.");
}
