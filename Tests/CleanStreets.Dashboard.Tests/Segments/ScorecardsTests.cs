using System.Net;
using CleanStreets.Dashboard.Tests.Support;

namespace CleanStreets.Dashboard.Tests.Segments;

public sealed class ScorecardsTests : DashboardTest
{
    [Fact]
    public async Task Districts_are_told_now_or_over_a_period_and_an_answer_says_which()
    {
        using var viewer = await Dashboard.LogInAsync("viewer");

        (await viewer.GetJsonAsync("/api/areas?period=now")).GetProperty("question").GetString().ShouldBe("now");
        var week = await viewer.GetJsonAsync("/api/areas?period=week");
        (week.GetProperty("to").GetDateTimeOffset() - week.GetProperty("from").GetDateTimeOffset()).ShouldBe(TimeSpan.FromDays(7));
        week.GetProperty("areas")[0].GetProperty("acceptablyClean").GetProperty("low").GetDouble().ShouldBe(0.7);
        (await viewer.GetAsync("/api/areas?period=century")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Zone_and_trucks_are_asked_of_ingest_and_its_refusals_are_passed_on()
    {
        using var viewer = await Dashboard.LogInAsync("viewer");
        double[][] zone = [[1, 2], [1, 3], [2, 3]];

        var told = await viewer.SendJsonAsync(HttpMethod.Post, "/api/areas/zone", new { zone, period = "day" });
        told.Body.GetProperty("areas")[0].GetProperty("area").GetString().ShouldBe("Zone");
        City.AreaQuestions.Last().Zone!.Select(corner => corner.ToArray()).ShouldBe(zone);
        (await viewer.SendJsonAsync(HttpMethod.Post, "/api/areas/zone", new { zone = zone[..2], period = "day" })).Status.ShouldBe(HttpStatusCode.BadRequest);

        await viewer.GetJsonAsync("/api/areas/trucks?area=Northwest&period=month");
        City.AreaQuestions.Last().LeaveOneOut.ShouldBeTrue();
        (await viewer.GetAsync("/api/areas/trucks?area=nowhere&period=month")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await viewer.GetAsync("/api/areas/trucks?area=Northwest&period=now")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        City.Answers = false;
        (await viewer.GetAsync("/api/areas?period=now")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }
}
