using System.Text;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>The two ways in which a sender asks, before it delivers, whether its events are wanted here.</summary>
/// <remarks>
/// Neither is a log-in: consent lets a sender send, its key lets it in. CloudEvents asks by OPTIONS ("HTTP 1.1 Web Hooks for Event
/// Delivery" 1.0, §4); Event Grid's own schema by an event whose code is to be sent back.
/// </remarks>
internal static class EventHandshake
{
    private const string RequestOrigin = "WebHook-Request-Origin";
    private const string AllowedOrigin = "WebHook-Allowed-Origin";
    private const string AllowedRate = "WebHook-Allowed-Rate";
    private const string GridEventType = "aeg-event-type";

    /// <summary>Whether Event Grid says of a request that it validates a subscription.</summary>
    public static bool IsValidation(HttpContext context) => context.Request.Headers[GridEventType] == "SubscriptionValidation";

    /// <summary>Grants what OPTIONS asks for; to others it answers without the headers of consent, which §4.2 takes for a no.</summary>
    public static void Answer(HttpContext context, IList<string> allowed)
    {
        context.Response.Headers.Allow = "POST, OPTIONS";
        var origin = context.Request.Headers[RequestOrigin].ToString();
        if (Ascii.IsValid(origin) && origin.Length > 0 && (allowed.Contains("*") || allowed.Contains(origin, StringComparer.OrdinalIgnoreCase)))
        {
            context.Response.Headers[AllowedOrigin] = origin;

            // No rate of ours: 429 tells when it is too much.
            context.Response.Headers[AllowedRate] = "*";
        }
    }
}
