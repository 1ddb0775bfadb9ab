using System.Buffers;
using System.Threading.RateLimiting;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary><c>POST /ingest/events</c>: readings as CloudEvents or as Event Grid delivers them. 200 only when they are on disk.</summary>
/// <remarks>
/// Every bound comes before what it bounds: the number of requests before a body is read, its size before it is parsed, its depth while
/// it is, the number of events before any is copied. A sender who hears 429 or 503 has to send the same again; what had been stored
/// by then is a duplicate.
/// </remarks>
internal sealed class EventsApi(EventReceiver receiver, EventKeys keys, EventBudget budget, EventCounters counters, EventsOptions options, TimeProvider time, ILogger<EventsApi> logger)
    : IDisposable
{
    public const string Path = "/ingest/events";

    /// <summary>A handshake is a few hundred bytes, and whoever sends it need not show a key.</summary>
    private const int HandshakeBytes = 16 * 1024;
    private const int ReadBytes = 16 * 1024;

    private static readonly TimeSpan QuietAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrencyLimiter _requests = new(new ConcurrencyLimiterOptions { PermitLimit = options.MaxRequests });
    private readonly Episode _refusing = new(time, QuietAfter);

    public void Map(IEndpointRouteBuilder routes, Task failed)
    {
        routes.MapPost(Path, context => PostAsync(context, failed));
        routes.MapMethods(Path, [HttpMethods.Options], context =>
        {
            EventHandshake.Answer(context, options.AllowedOrigins);
            counters.Count(EventOutcome.Handshake);
            return Task.CompletedTask;
        });
    }

    public void Dispose() => _requests.Dispose();

    private async Task PostAsync(HttpContext context, Task failed)
    {
        using var permit = _requests.AttemptAcquire();
        var answer = permit.IsAcquired
            ? await TakeAsync(context, failed)
            : Again(EventOutcome.TooMany, StatusCodes.Status429TooManyRequests, "Too many requests at once.");
        counters.Count(answer.Outcome);
        TellEpisode(answer);
        await answer.WriteAsync(context);
    }

    private async Task<EventAnswer> TakeAsync(HttpContext context, Task failed)
    {
        var admitted = keys.Admits(context);
        if (!admitted && !EventHandshake.IsValidation(context))
        {
            return new EventAnswer(EventOutcome.Unauthorized, StatusCodes.Status401Unauthorized, keys.Any
                ? $"The key is missing or wrong: send it as 'Authorization: Bearer …' or as '{EventKeys.KeyHeader}: …'."
                : "Events are taken from this machine only: set a key with Ingest__Events__Key to take them from others.");
        }

        var form = EventBody.FormOf(context.Request.ContentType);
        if (form == EventForm.Unknown)
        {
            return Refused(
                StatusCodes.Status415UnsupportedMediaType,
                "Send application/cloudevents-batch+json, application/cloudevents+json, or Event Grid's schema as application/json; binary content mode is not taken.");
        }

        if (context.Request.Headers.ContentEncoding is { Count: > 0 } packed && !string.Equals(packed, "identity", StringComparison.OrdinalIgnoreCase))
        {
            return Refused(StatusCodes.Status415UnsupportedMediaType, "The body is packed (Content-Encoding): send it as it is.");
        }

        if (!receiver.IsOpen && admitted)
        {
            return Again(EventOutcome.Unavailable, StatusCodes.Status503ServiceUnavailable, "Still starting, or stopping.");
        }

        // What is announced, before it is read; the rest when it is known.
        var limit = admitted ? options.MaxBodyBytes : HandshakeBytes;
        var announced = Math.Min(context.Request.ContentLength ?? 0, limit);
        if (admitted && budget.TakeBytes(context, announced) is { } early)
        {
            return OverBudget(context, early);
        }

        var bytes = await ReadAsync(context, limit);
        if (admitted && bytes.Body is { } came && came.Length > announced && budget.TakeBytes(context, came.Length - announced) is { } late)
        {
            return OverBudget(context, late);
        }

        return bytes switch
        {
            { TooLong: true } => Refused(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {limit} bytes: send smaller batches."),
            { Body: null } => Refused(StatusCodes.Status408RequestTimeout, "The body did not come in time, or not whole."),
            _ => await TakeAsync(context, EventBody.Read(bytes.Body.Value, form, options.MaxEvents), admitted, failed),
        };
    }

    private async Task<EventAnswer> TakeAsync(HttpContext context, EventBody body, bool admitted, Task failed)
    {
        if (body.Problem is { } problem)
        {
            return Refused(body.Status, problem);
        }

        if (body.ValidationCode is { } code)
        {
            body.Document!.Dispose();
            return new EventAnswer(EventOutcome.Handshake, StatusCodes.Status200OK) { ValidationCode = code };
        }

        if (!admitted || body.Events.Count == 0)
        {
            body.Document!.Dispose();
            return admitted
                ? new EventAnswer(EventOutcome.Stored, StatusCodes.Status200OK) { Ignored = body.Others }
                : new EventAnswer(EventOutcome.Unauthorized, StatusCodes.Status401Unauthorized, "Only a subscription validation is answered without a key.");
        }

        if (budget.TakeEvents(context, body.Events.Count) is { } wait)
        {
            body.Document!.Dispose();
            return OverBudget(context, wait);
        }

        var request = new EventRequest(body.Document!, body.Events);
        if (!receiver.TryTake(request))
        {
            request.Dispose();
            return Again(EventOutcome.TooMany, StatusCodes.Status429TooManyRequests, "Receiving is behind.");
        }

        await Task.WhenAny(request.Stored, failed, Task.Delay(options.Patience, time));
        return request.Stored.IsCompletedSuccessfully
            ? new EventAnswer(EventOutcome.Stored, StatusCodes.Status200OK) { Taken = body.Events.Count, Ignored = body.Others }
            : Again(EventOutcome.Unavailable, StatusCodes.Status503ServiceUnavailable, "The events are not on disk yet: send them again, what was stored by then counts once.");
    }

    private async Task<(ReadOnlyMemory<byte>? Body, bool TooLong)> ReadAsync(HttpContext context, int limit)
    {
        if (context.Request.ContentLength > limit)
        {
            return (null, true);
        }

        using var patience = new CancellationTokenSource(options.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        try
        {
            var body = new ArrayBufferWriter<byte>((int)(context.Request.ContentLength ?? ReadBytes) + 1);
            while (body.WrittenCount <= limit)
            {
                var read = await context.Request.Body.ReadAsync(body.GetMemory(ReadBytes), either.Token);
                if (read == 0)
                {
                    return (body.WrittenMemory, false);
                }

                body.Advance(read);
            }

            return (null, true);
        }
        catch (Exception ex) when (ex is OperationCanceledException or IOException)
        {
            return (null, false);
        }
    }

    private void TellEpisode(EventAnswer answer)
    {
        if (answer.Outcome is EventOutcome.TooMany or EventOutcome.OverBudget or EventOutcome.Unavailable)
        {
            if (_refusing.Begins())
            {
                logger.EventsRefused(answer.Detail!);
            }
        }
        else if (answer is { Outcome: EventOutcome.Stored, Taken: > 0 } && _refusing.Ends())
        {
            logger.EventsTakenAgain();
        }
    }

    private static EventAnswer Refused(int status, string detail) => new(EventOutcome.Refused, status, detail);

    private static EventAnswer OverBudget(HttpContext context, TimeSpan wait) =>
        new(EventOutcome.OverBudget, StatusCodes.Status429TooManyRequests, $"{context.Connection.RemoteIpAddress} sends more than its budget (Ingest:Budget): come back later with the same.")
        {
            RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)),
        };

    private static EventAnswer Again(EventOutcome outcome, int status, string detail) => new(outcome, status, detail) { RetryAfterSeconds = 1 };
}
