using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CleanStreets.Ingest.Store.Line;

/// <summary>Reads what InfluxDB 1.x, 2.x and 3.x and VictoriaMetrics answer to a write.</summary>
internal static partial class LineAnswerReader
{
    private const int MostReasonCharacters = 300;

    /// <summary>The answer, or why the store counts as not available.</summary>
    /// <exception cref="StoreUnavailableException">It has to be asked again later.</exception>
    public static LineAnswer Read(HttpStatusCode status, string body, TimeSpan? retryAfter)
    {
        var reason = Reason(body);
        return status switch
        {
            HttpStatusCode.NoContent => LineAnswer.Stored,
            HttpStatusCode.OK when reason.Length == 0 => LineAnswer.Stored,
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => new LineAnswer(LineFate.Refused, reason, Dropped(reason), Named(body)),
            HttpStatusCode.RequestEntityTooLarge => new LineAnswer(LineFate.TooLarge, $"413 {reason}"),
            HttpStatusCode.NotFound => new LineAnswer(LineFate.NoDatabase, reason),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                throw new StoreUnavailableException($"it refuses the log-in ({(int)status} {reason}): check user and password, or token"),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable =>
                throw new StoreUnavailableException($"it asks to wait ({(int)status} {reason})", retryAfter),
            // InfluxDB 1.x says so what it has understood and not done, and a web server that is no store says its page.
            HttpStatusCode.OK => throw new StoreUnavailableException($"it answered 200 with words, which a store does not that has taken lines ({reason}): check its address and what answers there"),
            _ => throw new StoreUnavailableException($"it answered {(int)status} {reason}", retryAfter),
        };
    }

    /// <summary>The store's own words: <c>error</c> in 1.x and 3.x, <c>message</c> in 2.x, else the beginning of whatever it said.</summary>
    public static string Reason(string body)
    {
        var text = body;
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object &&
                (json.RootElement.TryGetProperty("error", out var words) || json.RootElement.TryGetProperty("message", out words)) &&
                words.ValueKind == JsonValueKind.String)
            {
                text = words.GetString()!;
            }
        }
        catch (JsonException)
        {
            // A proxy in between speaks HTML.
        }

        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= MostReasonCharacters ? text : text[..MostReasonCharacters] + "…";
    }

    // 1.x: "partial write: field type conflict: … dropped=3"; 2.x says before it "failure writing points to database: ".
    private static int Dropped(string reason) =>
        DroppedPattern().Match(reason) is { Success: true } match &&
        int.TryParse(match.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    // 3.x: {"error":"partial write of line protocol occurred","data":[{"original_line":…,"line_number":2,"error_message":…}]}.
    private static List<int>? Named(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object ||
                !json.RootElement.TryGetProperty("data", out var data) ||
                data.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var lines = new List<int>();
            foreach (var item in data.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("line_number", out var number) || !number.TryGetInt32(out var line))
                {
                    return null;
                }

                lines.Add(line - 1);
            }

            return lines.Count > 0 ? lines : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(failure writing points to database: )?partial write: .* dropped=(?<count>\d{1,9})$", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex DroppedPattern();
}
