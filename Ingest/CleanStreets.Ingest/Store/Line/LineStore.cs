using System.IO.Compression;
using System.Net.Http.Headers;

namespace CleanStreets.Ingest.Store.Line;

/// <summary>A server that takes line protocol over HTTP: InfluxDB, VictoriaMetrics, and whatever speaks like them.</summary>
/// <remarks>
/// What it refuses for good is found by halving the batch and set aside, and the rest is stored. What it does not take at the
/// moment comes again: a point is the same point at every redelivery.
/// </remarks>
internal sealed class LineStore(
    string name, StoreAddress address, StoreHttp http, LineSchema schema, StoreMarks marks, RefusedRows refused, StoreOptions options, ILogger logger)
    : ISegmentStore
{
    private readonly LineBatch _batch = new();

    /// <summary>In <see cref="WriteAsync"/>: the marks are ours. Who fills in beside the owner changes none.</summary>
    private bool _isOwner;
    private bool _isEmptied;

    public string Name => name;

    public long Cursor => marks.Cursor;

    public long Refused => refused.Count;

    public async ValueTask WriteAsync(StoreRows rows, CancellationToken cancellationToken)
    {
        (_isOwner, _isEmptied) = (true, false);
        await FillAsync(rows.Passes, rows.Points, rows.Facts, cancellationToken);
        if (_isEmptied)
        {
            // It may have gone between two requests of these rows.
            await FillAsync(rows.Passes, rows.Points, rows.Facts, cancellationToken);
        }

        marks.MoveTo(rows.Through, rows.Passes.Count + rows.Points.Count + rows.Facts.Count > 0);
    }

    public async ValueTask FillAsync(IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points, IReadOnlyList<FactRow> facts, CancellationToken cancellationToken)
    {
        _batch.Clear();
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

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask AddedAsync(bool added, string row, CancellationToken cancellationToken)
    {
        if (!added)
        {
            Refuse(row, "its time is outside what the store can keep (1677 to 2262)");
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
        var answer = await PostAsync(from, count, cancellationToken);
        if (answer.Fate == LineFate.NoDatabase)
        {
            await CreateDatabaseAsync(answer.Reason, cancellationToken);
            answer = await PostAsync(from, count, cancellationToken);
        }

        switch (answer)
        {
            case { Fate: LineFate.Stored }:
                break;
            case { Fate: LineFate.NoDatabase }:
                throw new StoreUnavailableException($"it knows no {address.Target} ({answer.Reason}): create it");
            case { RefusedLines: { } lines } when lines.All(line => line >= 0 && line < count):
                lines.ToList().ForEach(line => Refuse(_batch.Text(from + line), answer.Reason));
                break;
            case { Dropped: var dropped } when count == 1 || dropped == count:
                Enumerable.Range(from, count).ToList().ForEach(line => Refuse(_batch.Text(line), answer.Reason));
                break;
            default:
                // Those of the good half that are stored already stay as they are when they come again.
                await SendAsync(from, count / 2, cancellationToken);
                await SendAsync(from + (count / 2), count - (count / 2), cancellationToken);
                break;
        }
    }

    private Task<LineAnswer> PostAsync(int from, int count, CancellationToken cancellationToken)
    {
        var body = Compress(_batch.Lines(from, count));
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

    private void Refuse(string line, string reason)
    {
        if (refused.Count == 0)
        {
            logger.RowRefused(name, reason);
        }

        refused.Add(line, reason);
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
