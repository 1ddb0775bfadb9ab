using System.Text.Json;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Line;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>Whatever a store answers has a stated fate: the good rows are stored, the bad set aside, and nothing is lost or waits for ever.</summary>
public sealed class StoreAnswersTests : IAsyncDisposable
{
    private const int Passes = 300;

    private StubStore _stub = null!;
    private StoreBench _bench = null!;

    private string Refused => Path.Combine(_bench.Paths.StoreMarks, "influx.refused.jsonl");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bad_points_are_found_and_set_aside_and_the_good_ones_stored(bool answersLikeVersion3)
    {
        await StartAsync();
        bool IsGood(string line) => !line.StartsWith(LineSchema.Pass, StringComparison.Ordinal) || !line.Contains("count_loose_litter=7i", StringComparison.Ordinal);
        _stub.Answer = async (lines, context) =>
        {
            if (!answersLikeVersion3 || lines.All(IsGood))
            {
                return await _stub.StorePartlyAsync(lines, context, IsGood);
            }

            await _stub.StorePartlyAsync(lines.Where(IsGood).ToList(), context, IsGood);
            var bad = lines.Select((line, i) => (line, i)).Where(item => !IsGood(item.line)).Select(item => $"{{\"original_line\":\"x\",\"line_number\":{item.i + 1},\"error_message\":\"no\"}}");
            return await StubStore.SayAsync(context, 400, $"{{\"error\":\"partial write of line protocol occurred\",\"data\":[{string.Join(',', bad)}]}}");
        };

        Append();
        await _bench.StoredAsync("influx", Passes);

        var refused = Enumerable.Range(0, Passes).Count(i => i % 7 == 6);
        _bench["influx"].Store.Refused.ShouldBe(refused);
        _stub.Points.Count.ShouldBe((2 * Passes) - refused);
        var kept = await File.ReadAllLinesAsync(Refused, TestContext.Current.CancellationToken);
        kept.Length.ShouldBe(refused);
        kept.ShouldAllBe(line => JsonDocument.Parse(line).RootElement.GetProperty("Line").GetString()!.Contains("count_loose_litter=7i", StringComparison.Ordinal));
        _bench.Lines.Count(" 4009 ").ShouldBe(1, "one line an episode");
        _bench.Lines.Count(" 4000 ").ShouldBe(0, "a point that is refused is no failure of the store");
        if (answersLikeVersion3)
        {
            _stub.Requests.Count.ShouldBe(1, "the lines were named");
        }
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task Store_that_refuses_every_point_gets_past_them(int status)
    {
        await StartAsync();
        _stub.Answer = (lines, context) => StubStore.SayAsync(
            context, status, $"{{\"error\":\"partial write: points beyond retention policy dropped={lines.Count}\"}}");
        Append();
        await _bench.StoredAsync("influx", Passes);
        _bench["influx"].Store.Refused.ShouldBe(2 * Passes);
        _stub.Requests.Count.ShouldBe(1, "it said that it dropped all");
    }

    [Theory]
    [InlineData(400, "{\"error\":\"no\"}", "refuses whatever it is sent")]
    [InlineData(422, "<html>The plain HTTP request was sent to HTTPS port</html>", "refuses whatever it is sent")]
    [InlineData(200, "<html>Welcome</html>", "answered 200")]
    public async Task Whoever_refuses_everything_is_no_store_at_the_moment_and_no_row_is_set_aside(int status, string body, string says)
    {
        await StartAsync();
        var refuses = true;
        _stub.Answer = (_, context) => refuses ? StubStore.SayAsync(context, status, body) : Task.FromResult(true);
        Append();
        await Eventually.TrueAsync("it is said", () => _bench.Lines.Count(says) == 1);
        await Eventually.TrueAsync("it is asked again", () => _stub.Requests.Count >= 6);
        _bench["influx"].Standing.Failure.ShouldNotBeNull();
        _bench["influx"].Store.Refused.ShouldBe(0);
        _stub.Requests.ShouldAllBe(request => request.EndsWith(" 600", StringComparison.Ordinal) || request.EndsWith(" 1", StringComparison.Ordinal), "nobody looks for bad rows among good ones");

        refuses = false;
        await _bench.StoredAsync("influx", Passes);
        _stub.Points.Count.ShouldBe(2 * Passes);
        _bench["influx"].Store.Refused.ShouldBe(0);
        _bench["influx"].Standing.Rows.ShouldBe(2 * Passes);
        File.Exists(Refused).ShouldBeFalse();
    }

    [Fact]
    public async Task Bad_points_that_the_store_does_not_count_are_set_aside_once_whatever_fails_meanwhile()
    {
        await StartAsync();
        static bool IsBad(string line) => line.StartsWith(LineSchema.Pass, StringComparison.Ordinal) && line.Contains("count_loose_litter=7i", StringComparison.Ordinal);
        var (seen, failures) = (0, 0);
        _stub.Answer = (lines, context) => lines.Any(IsBad)
            ? StubStore.SayAsync(context, 400, lines.Count == 1 && ++seen > 0 ? $"{{\"error\":\"unable to parse '{lines[0].Length}'\"}}" : "unable to parse")
            : seen > 2 && failures < 3 && ++failures > 0 ? StubStore.SayAsync(context, 500, "busy") : Task.FromResult(true);
        Append();
        await _bench.StoredAsync("influx", Passes);

        failures.ShouldBe(3);
        var refused = Enumerable.Range(0, Passes).Count(i => i % 7 == 6);
        _bench["influx"].Store.Refused.ShouldBe(refused, "tried again is not refused again");
        (await File.ReadAllLinesAsync(Refused, TestContext.Current.CancellationToken)).Length.ShouldBe(refused);
        await Eventually.TrueAsync("what was refused is not stored", () => _bench["influx"].Standing.Rows == (2 * Passes) - refused);
        _stub.Points.Count.ShouldBe((2 * Passes) - refused);
    }

    [Fact]
    public async Task Version_2_says_in_a_longer_sentence_that_it_dropped_all()
    {
        await StartAsync();
        _stub.Answer = (lines, context) => StubStore.SayAsync(
            context, 422, $"{{\"code\":\"unprocessable entity\",\"message\":\"failure writing points to database: partial write: points beyond retention policy dropped={lines.Count}\"}}");
        Append();
        await _bench.StoredAsync("influx", Passes);
        _bench["influx"].Store.Refused.ShouldBe(2 * Passes);
        _stub.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Batch_that_is_too_large_is_halved_until_it_fits()
    {
        await StartAsync();
        _stub.Answer = (lines, context) => lines.Count > 64 ? StubStore.SayAsync(context, 413, "{\"error\":\"Request Entity Too Large\"}") : Task.FromResult(true);
        Append();
        await _bench.StoredAsync("influx", Passes);
        _stub.Points.Count.ShouldBe(2 * Passes);
        _bench["influx"].Store.Refused.ShouldBe(0);
    }

    [Theory]
    [InlineData(429, "asks to wait")]
    [InlineData(503, "asks to wait")]
    [InlineData(500, "answered 500")]
    [InlineData(401, "refuses the log-in")]
    [InlineData(403, "refuses the log-in")]
    [InlineData(302, "answered 302")]
    public async Task Store_that_cannot_for_now_is_asked_again_and_gets_everything_once(int status, string says)
    {
        await StartAsync();
        var refusals = 0;
        _stub.Answer = (_, context) =>
        {
            context.Response.Headers.RetryAfter = "0";
            return ++refusals <= 8 ? StubStore.SayAsync(context, status, "{\"error\":\"not now\"}") : Task.FromResult(true);
        };
        Append();
        await Eventually.TrueAsync("the failure is said", () => _bench.Lines.Count(says) == 1);
        await _bench.StoredAsync("influx", Passes);
        _stub.Points.Count.ShouldBe(2 * Passes);
        _bench["influx"].Store.Refused.ShouldBe(0);
        _bench.Lines.Count(" 4000 ").ShouldBe(1, "one line an episode");
        await Eventually.TrueAsync("and one when it is over", () => _bench.Lines.Count(" 4001 ") == 1);
    }

    [Fact]
    public async Task Store_that_says_how_long_to_wait_is_left_alone_so_long()
    {
        await StartAsync();
        var (first, second) = (0L, 0L);
        _stub.Answer = (_, context) =>
        {
            if (first == 0)
            {
                first = TimeProvider.System.GetTimestamp();
                context.Response.Headers.RetryAfter = "1";
                return StubStore.SayAsync(context, 429, "{}");
            }

            second = TimeProvider.System.GetTimestamp();
            return Task.FromResult(true);
        };
        Append();
        await _bench.StoredAsync("influx", Passes);
        TimeProvider.System.GetElapsedTime(first, second).ShouldBeGreaterThan(TimeSpan.FromSeconds(0.95));
    }

    [Fact]
    public async Task Reset_and_silence_are_failures_that_pass()
    {
        await StartAsync(options => options.WriteTimeout = TimeSpan.FromSeconds(15)); // Long for an answer that comes, even on a machine that stalls.
        var asked = 0;
        _stub.Answer = async (_, context) =>
        {
            switch (++asked)
            {
                case 1:
                    context.Abort();
                    return false;
                case 2:
                    await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
                    return false;
                default:
                    return true;
            }
        };
        Append();
        await _bench.StoredAsync("influx", Passes);
        asked.ShouldBe(3);
        _stub.Points.Count.ShouldBe(2 * Passes);
        _bench.Lines.Count(" 4000 ").ShouldBe(1);
    }

    [Fact]
    public async Task Missing_database_is_created_with_the_log_in_of_the_file()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Combine("password"), "pass word\n", TestContext.Current.CancellationToken);
        await StartAsync(options => options.Access["influx"] = new StoreAccess { User = "ingest", PasswordFile = folder.Combine("password") });
        _stub.Answer = (_, context) => _stub.Requests.Any(request => request.Contains("CREATE", StringComparison.Ordinal))
            ? Task.FromResult(true)
            : StubStore.SayAsync(context, 404, "{\"error\":\"database not found: \\\"cleanstreets\\\"\"}");
        Append();
        await _bench.StoredAsync("influx", Passes);
        const string Basic = "Basic aW5nZXN0OnBhc3Mgd29yZA==";
        _stub.Requests.ShouldBe([$"{Basic} /write?db=cleanstreets 600", $"{Basic} CREATE DATABASE \"cleanstreets\"", $"{Basic} /write?db=cleanstreets 600"]);
        _bench.Lines.Text.ShouldNotContain("pass word");
    }

    [Fact]
    public async Task Version_2_is_written_by_its_own_address_and_token_and_a_missing_bucket_is_said()
    {
        await StartAsync(options => options.Access["influx"] = new StoreAccess { Token = "t0ken" }, "?org=my+city&bucket=streets");
        var created = false;
        _stub.Answer = (_, context) => created
            ? Task.FromResult(true)
            : StubStore.SayAsync(context, 404, "{\"code\":\"not found\",\"message\":\"bucket \\\"streets\\\" not found\"}");
        Append();
        await Eventually.TrueAsync("the missing bucket is said", () => _bench.Lines.Count("bucket streets of my city") == 1);
        created = true;
        await _bench.StoredAsync("influx", Passes);
        _stub.Requests.ShouldAllBe(request => request == "Token t0ken /api/v2/write?org=my%20city&bucket=streets&precision=ns 600");
        _bench.Lines.Text.ShouldNotContain("t0ken");
    }

    [Fact]
    public async Task Stop_does_not_wait_for_a_store_that_is_silent_and_the_next_start_goes_on()
    {
        await StartAsync(options => (options.WriteTimeout, options.StopPatience) = (TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(100)));
        var asked = new TaskCompletionSource();
        _stub.Answer = async (_, context) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return false;
        };
        Append();
        await asked.Task.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        await _bench.Set.StopAsync().WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        _bench.Lines.Count(" 4004 ").ShouldBe(1);
        _stub.Answer = (_, _) => Task.FromResult(true);
        await _bench.RestartAsync();
        await _bench.StoredAsync("influx", Passes);
        _stub.Points.Count.ShouldBe(2 * Passes);
    }

    [Fact]
    public async Task Rows_set_aside_do_not_fill_the_disk()
    {
        await StartAsync(options => options.RefusedBytes = 8192);
        _stub.Answer = (lines, context) => StubStore.SayAsync(context, 400, $"{{\"error\":\"partial write: no dropped={lines.Count}\"}}");
        Append();
        await _bench.StoredAsync("influx", Passes);
        _bench["influx"].Store.Refused.ShouldBe(2 * Passes);
        new[] { Refused, Refused + ".older" }.Sum(path => new FileInfo(path).Length).ShouldBeLessThan(8192 + 2048);
    }

    [Fact]
    public async Task Time_that_no_server_keeps_is_set_aside()
    {
        await StartAsync();
        _bench.Append(TestRows.Pass(1), TestRows.Pass(2, leftAt: DateTimeOffset.MaxValue.AddDays(-1)), TestRows.Pass(3));
        await _bench.StoredAsync("influx", 4);
        _bench["influx"].Store.Refused.ShouldBe(1);
        _stub.Points.Count.ShouldBe(5);
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _stub.DisposeAsync();
    }

    private async Task StartAsync(Action<StoreOptions>? configure = null, string query = "")
    {
        _stub = await StubStore.StartAsync();
        _bench = new StoreBench($"influx={_stub.Url}/{query}");
        configure?.Invoke(_bench.Options);
        _bench.Start();
    }

    private void Append() => _bench.Append(Enumerable.Range(0, Passes).Select(i => TestRows.Pass(i)).ToList());
}
