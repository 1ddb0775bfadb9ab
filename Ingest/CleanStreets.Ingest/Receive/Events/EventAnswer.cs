using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>What a sender of events hears: counts, Event Grid's code, or a problem as RFC 9457 writes it.</summary>
internal sealed record EventAnswer(EventOutcome Outcome, int Status, string? Detail = null)
{
    // Never markup: what a person reads with curl need not be escaped for a page.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? ValidationCode { get; init; }

    /// <summary>Events that are on disk, whatever their fate.</summary>
    public int Taken { get; init; }

    /// <summary>Events about something else than readings.</summary>
    public int Ignored { get; init; }

    /// <summary>0 when trying again is of no use.</summary>
    public int RetryAfterSeconds { get; init; }

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = Detail is null ? "application/json" : "application/problem+json";
        if (RetryAfterSeconds > 0)
        {
            response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        if (Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        await using var json = new Utf8JsonWriter(response.BodyWriter, Readable);
        json.WriteStartObject();
        if (ValidationCode is not null)
        {
            json.WriteString("validationResponse"u8, ValidationCode);
        }
        else if (Detail is null)
        {
            json.WriteNumber("taken"u8, Taken);
            json.WriteNumber("ignored"u8, Ignored);
        }
        else
        {
            json.WriteNumber("status"u8, Status);
            json.WriteString("detail"u8, Detail);
        }

        json.WriteEndObject();
        await json.FlushAsync(CancellationToken.None);
    }
}
