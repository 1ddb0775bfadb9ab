using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store.Line;

namespace CleanStreets.Ingest.Store;

/// <summary>What kind of store it is.</summary>
internal enum StoreKind
{
    /// <summary>A file in ingest's own folder.</summary>
    Sqlite,

    /// <summary>InfluxDB 1.x, 2.x or 3.x.</summary>
    Influx,

    /// <summary>VictoriaMetrics.</summary>
    Victoria,
}

/// <summary>A store as an option or a setting names it: <c>sqlite</c>, <c>influx=URL</c> or <c>victoria=URL</c>.</summary>
/// <remarks>
/// The URL says where and into what: <c>?db=NAME</c> (default <c>cleanstreets</c>), or <c>?org=NAME&amp;bucket=NAME</c> for the
/// API of InfluxDB 2.x. It never carries a log-in: command lines are read by everybody on the machine.
/// </remarks>
internal sealed record StoreAddress(StoreKind Kind, Uri Base, string Database, string? Organisation, string? Bucket)
{
    private const string DefaultDatabase = "cleanstreets";
    private const string Forms = "write sqlite, influx=http://HOST:8086 or victoria=http://HOST:8428, with ?db=NAME or ?org=NAME&bucket=NAME when it is not the database cleanstreets";

    /// <summary>What the rows go into, in words.</summary>
    public string Target => Bucket is null ? $"database {Database}" : $"bucket {Bucket} of {Organisation}";

    /// <summary>Where the rows go, all of it: what is remembered of a store holds for this place alone. Null for the file in our own folder.</summary>
    public string? Place => Kind == StoreKind.Sqlite ? null : $"{Base} {Target}";

    /// <exception cref="UsageException">It names no store.</exception>
    public static StoreAddress Parse(string text)
    {
        if (string.Equals(text, "sqlite", StringComparison.OrdinalIgnoreCase))
        {
            return new StoreAddress(StoreKind.Sqlite, new Uri("file:///"), DefaultDatabase, null, null);
        }

        var at = text.IndexOf('=', StringComparison.Ordinal);
        var kind = (at < 0 ? text : text[..at]).ToUpperInvariant() switch
        {
            "INFLUX" => StoreKind.Influx,
            "VICTORIA" => StoreKind.Victoria,
            _ => throw new UsageException($"--store {text} names no store we know: {Forms}."),
        };
        if (at < 0 || !Uri.TryCreate(text[(at + 1)..], UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            throw new UsageException($"--store {text} has no http address: {Forms}.");
        }

        return Parse(kind, url);
    }

    /// <summary>Where lines are sent.</summary>
    public Uri Write(StoreHttp http) => Bucket is { } bucket
        ? http.At("/api/v2/write", ("org", Organisation ?? string.Empty), ("bucket", bucket), ("precision", "ns"))
        : http.At("/write", ("db", Database));

    private static StoreAddress Parse(StoreKind kind, Uri url)
    {
        if (url.UserInfo.Length > 0)
        {
            throw new UsageException(
                $"--store {kind.ToString().ToLowerInvariant()}: a log-in does not belong on the command line, where everybody on the machine reads it. " +
                $"Set Ingest__Store__Access__{kind.ToString().ToLowerInvariant()}__User and __PasswordFile, or __TokenFile, in the environment.");
        }

        var query = System.Web.HttpUtility.ParseQueryString(url.Query);
        if (query.AllKeys.FirstOrDefault(key => key is not ("db" or "org" or "bucket")) is { } unknown)
        {
            throw new UsageException($"--store {url}: {unknown} means nothing here: {Forms}.");
        }

        var (database, bucket) = (query["db"] ?? DefaultDatabase, query["bucket"]);
        if (database.Length == 0 || database.Any(c => c is '"' or '\\' || char.IsControl(c)))
        {
            throw new UsageException($"--store {url}: a database is named without quotes, backslashes and control characters.");
        }

        return query["org"] is not null && bucket is null
            ? throw new UsageException($"--store {url}: org= needs bucket= beside it.")
            : new StoreAddress(kind, new Uri(url.GetLeftPart(UriPartial.Path)), database, query["org"], bucket);
    }
}
