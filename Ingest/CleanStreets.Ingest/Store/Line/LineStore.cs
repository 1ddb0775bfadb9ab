using System.IO.Compression;
using System.Net.Http.Headers;

namespace CleanStreets.Ingest.Store.Line;

/// <summary>A server that takes line protocol over HTTP: InfluxDB, VictoriaMetrics, and whatever speaks like them.</summary>
/// <remarks>
/// What it refuses for good is found by halving the batch and set aside, and the rest is stored. What it does not take at the
/// moment comes again: a point is the same point at every redelivery. Who refuses a plain line as well, without saying which
/// points he means, is no store at the moment: a wrong address, or a proxy that answers in its place.
/// </remarks>
internal sealed class LineStore(
    string name, StoreAddress address, StoreHttp http, LineSchema schema, StoreMarks marks, RefusedRows refused, StoreOptions options, ILogger logger)
    : ISegmentStore
{
    /// <summary>A line with which nothing is wrong, at the time that the server says.</summary>
    private static readonly byte[] PlainLine = "cleanstreets_check ok=1i\n"u8.ToArray();

    private readonly LineBatch _batch = new();

    /// <summary>Refused in the rows that are being sent. They count when all of these have their fate: until then they may come again.</summary>
    private readonly List<(string Line, string Reason)> _setAside = [];

    /// <summary>The store has taken a line of the rows that are being sent, or the plain one.</summary>
    private bool _takesLines;

    /// <summary>In <see cref="WriteAsync"/>: the marks are ours. Who fills in beside the owner changes none.</summary>
    private bool _isOwner;
    private bool _isEmptied;

    public string Name => name;

    public long Cursor => marks.Cursor;

    public long Refused => refused.Count;

    public async ValueTask WriteAsync(StoreRows rows, CancellationToken cancellationToken)
    {
        (_isOwner, _isEmptied) = (true, false);
        await SendAllAsync(rows.Passes, rows.Points, cancellationToken);
        if (_isEmptied)
        {
            // It may have gone between two requests of these rows.
            await SendAllAsync(rows.Passes, rows.Points, cancellationToken);
        }

        SetAside();
        marks.MoveTo(rows.Through, rows.Passes.Count + rows.Points.Count + rows.Facts.Count > 0);
    }

    public async ValueTask FillAsync(IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points, IReadOnlyList<FactRow> facts, CancellationToken cancellationToken)
    {
        await SendAllAsync(passes, points, cancellationToken);
        SetAside();
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask SendAllAsync(IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points, CancellationToken cancellationToken)
    {
        _batch.Clear();
        _setAside.Clear();
        _takesLines = false;
        foreach (var point in points)
        {
            await AddedAsync(LineSchema.TryAdd(_batch, in point), $"point of {point.Segment.Value} as of {point.Point.AsOf:O}", cancellationToken);
        }

        foreach (var pass in passes)
        {
            await AddedAsync(schema.TryAdd(_batch, in pass), $"pass {pass.Position}.{pass.Ordinal} at {pass.Pass.LeftAt:O}", cancellationToken);
        }

        await SendAsync(cancellationToken);
    }

    private async ValueTask AddedAsync(bool added, string row, CancellationToken cancellationToken)
    {
        if (!added)
        {
            _setAside.Add((row, "its time is outside what the store can keep (1677 to 2262)"));
        }
        else if (_batch.Count >= options.WriteRows || _batch.Bytes >= options.WriteBytes)
        {
            await SendAsync(cancellationToken);
        }
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count > 0)
        {
            await SendAsync(0, _batch.Count, cancellationToken);
            _batch.Clear();
        }
    }

    private async ValueTask SendAsync(int from, int count, CancellationToken cancellationToken)
    {
        var answer = await PostAsync(_batch.Lines(from, count), cancellationToken);
        if (answer.Fate == LineFate.NoDatabase)
        {
            await CreateDatabaseAsync(answer.Reason, cancellationToken);
            answer = await PostAsync(_batch.Lines(from, count), cancellationToken);
        }

        if (answer is { Fate: LineFate.Refused, RefusedLines: null, Dropped: 0 })
        {
            await ShouldTakePlainLineAsync(answer.Reason, cancellationToken);
        }

        switch (answer)
        {
            case { Fate: LineFate.Stored }:
                _takesLines = true;
                break;
            case { Fate: LineFate.NoDatabase }:
                throw new StoreUnavailableException($"it knows no {address.Target} ({answer.Reason}): create it");
            case { RefusedLines: { } lines } when lines.All(line => line >= 0 && line < count):
                _setAside.AddRange(lines.Select(line => (_batch.Text(from + line), answer.Reason)));
                break;
            case { Dropped: var dropped } when count == 1 || dropped == count:
                _setAside.AddRange(Enumerable.Range(from, count).Select(line => (_batch.Text(line), answer.Reason)));
                break;
            default:
                // Those of the good half that are stored already stay as they are when they come again.
                await SendAsync(from, count / 2, cancellationToken);
                await SendAsync(from + (count / 2), count - (count / 2), cancellationToken);
                break;
        }
    }

    // It does not say that it looked at the points: before any of them is blamed, it has to show that it takes one.
    private async ValueTask ShouldTakePlainLineAsync(string reason, CancellationToken cancellationToken)
    {
        if (!_takesLines && await PostAsync(PlainLine, cancellationToken) is { Fate: not LineFate.Stored } answer)
        {
            throw new StoreUnavailableException(
                $"it refuses whatever it is sent, a plain line of line protocol too ({(answer.Reason.Length > 0 ? answer.Reason : reason)}): check the address {address.Base} and what answers there");
        }

        _takesLines = true;
    }

    private Task<LineAnswer> PostAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var body = Compress(lines);
        return http.AskAsync(
            () => new HttpRequestMessage(HttpMethod.Post, address.Write(http))
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("text/plain"), ContentEncoding = { "gzip" } } },
            },
            (answer, words) => LineAnswerReader.Read(answer.StatusCode, words, http.RetryAfter(answer)),
            cancellationToken);
    }

    // Only 1.x lets us: a bucket of 2.x belongs to somebody, and 3.x and VictoriaMetrics make what is missing themselves.
    private async ValueTask CreateDatabaseAsync(string reason, CancellationToken cancellationToken)
    {
        if (address.Kind != StoreKind.Influx || address.Bucket is not null)
        {
            throw new StoreUnavailableException($"it knows no {address.Target} ({reason}): create it");
        }

        if (_isOwner && marks.HasRows && reason.StartsWith("database not found", StringComparison.Ordinal))
        {
            // Marked before it is there again: nobody would know of it otherwise.
            marks.MarkAll(marks.Cursor);
            _isEmptied = true;
        }

        var created = await http.AskAsync(
            () => new HttpRequestMessage(HttpMethod.Post, http.At("/query"))
            {
                Content = new FormUrlEncodedContent([new("q", $"CREATE DATABASE \"{address.Database}\"")]),
            },
            static (answer, words) => answer.IsSuccessStatusCode && !words.Contains("\"error\"", StringComparison.Ordinal) ? null : LineAnswerReader.Reason(words),
            cancellationToken);
        if (created is not null)
        {
            throw new StoreUnavailableException($"the database {address.Database} is missing and cannot be created ({created})");
        }

        logger.DatabaseCreated(name, address.Database);
        if (_isEmptied)
        {
            logger.StoreEmptied(name, marks.Cursor);
        }
    }

    private void SetAside()
    {
        foreach (var (line, reason) in _setAside)
        {
            if (refused.Count == 0)
            {
                logger.RowRefused(name, reason);
            }

            refused.Add(line, reason);
        }

        _setAside.Clear();
    }

    private static byte[] Compress(ReadOnlyMemory<byte> lines)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(lines.Span);
        }

        return buffer.ToArray();
    }
}
