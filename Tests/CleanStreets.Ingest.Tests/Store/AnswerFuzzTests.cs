using System.Net;
using System.Text;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Influx;
using CleanStreets.Ingest.Store.Line;
using CleanStreets.Ingest.Store.Victoria;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>Whatever bytes a server, or a proxy before it, answers: a value or one exception that says so.</summary>
public sealed class AnswerFuzzTests
{
    private const int Seed = 20261125;

    private static readonly string[] Writes =
    [
        """{"error":"partial write: field type conflict: input field \"v\" on measurement \"a\" is type string, already exists as type float dropped=1"}""",
        """{"error":"partial write of line protocol occurred","data":[{"original_line":"a","line_number":2,"error_message":"no"}]}""",
        """{"code":"not found","message":"bucket \"x\" not found"}""",
        "<html><body>502 Bad Gateway</body></html>",
    ];

    private static readonly string[] Questions =
    [
        """{"results":[{"statement_id":0,"series":[{"name":"cleanstreets_pass","columns":["time","coverage","truck","count_weeds"],"values":[[1700000000000,0.5,"t-1",3],[1700000000001,null,"t-2",null]]}]}]}""",
        """{"results":[{"statement_id":0,"error":"database not found: nope"}]}""",
        """{"results":[{"statement_id":0,"error":"timeout"}]}""",
        """{"results":[{"statement_id":0}]}""",
    ];

    private static readonly string[] Exports =
    [
        """
        {"metric":{"__name__":"cleanstreets_pass_coverage","truck":"t-1"},"values":[0.5,null],"timestamps":[1700000000000,1700000000001]}
        {"metric":{"__name__":"cleanstreets_pass_count_weeds","truck":"t-1"},"values":[3],"timestamps":[1700000000000]}
        """,
    ];

    [Fact]
    public void Answers_to_writes() => Fuzz(Writes, (text, random) =>
    {
        var status = random.GetItems([200, 204, 301, 400, 401, 403, 404, 413, 422, 429, 500, 503, 599], 1)[0];
        var answer = LineAnswerReader.Read((HttpStatusCode)status, text, retryAfter: null);
        answer.Reason.Length.ShouldBeLessThan(400);
        answer.Reason.ShouldNotContain("\n");
        answer.Dropped.ShouldBeGreaterThanOrEqualTo(0);
    });

    [Fact]
    public void Answers_to_InfluxQL() => Fuzz(Questions, (text, random) =>
    {
        foreach (var row in InfluxRow.Read(HttpStatusCode.OK, text))
        {
            _ = (row.Time, row.Number("coverage"), row.Text("truck"), row.Grade, row.Counts().Count);
        }
    });

    [Fact]
    public void Exports_of_VictoriaMetrics() => Fuzz(Exports, (text, random) =>
    {
        foreach (var row in VictoriaRow.Join(VictoriaSeries.Read(HttpStatusCode.OK, text), LineSchema.Pass))
        {
            _ = (row.Time, row.Grade, row.Counts().Count);
        }
    });

    private static void Fuzz(string[] samples, Action<string, Random> read)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 30_000; round++)
        {
            var bytes = Encoding.UTF8.GetBytes(samples[random.Next(samples.Length)]);
            for (var changes = random.Next(5); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.GetItems("{}[]\",:019-.eEx\\ntf"u8, 1)[0];
            }

            var text = Encoding.UTF8.GetString(bytes, 0, random.Next(8) == 0 ? random.Next(bytes.Length) : bytes.Length);
            try
            {
                read(text, random);
            }
            catch (StoreUnavailableException)
            {
                // The one way to say no.
            }
            catch (Exception fault) when (fault is not Shouldly.ShouldAssertException)
            {
                throw new InvalidOperationException($"seed {Seed}, round {round}: {text}", fault);
            }
        }
    }
}
