using System.Net;
using System.Net.Http.Json;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Dashboard.Tests.Accounts;

public sealed class SessionTests : DashboardTest
{
    [Fact]
    public async Task Logging_in_gives_a_strict_cookie_and_logging_out_takes_it_back()
    {
        using var browser = Dashboard.Stranger();
        using var login = await browser.PostAsJsonAsync("/api/session", new { user = "crew-1", password = "crew-1" });
        var cookie = login.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");

        var session = await browser.GetJsonAsync("/api/session");
        (session.GetProperty("user").GetString(), session.GetProperty("role").GetString(), session.GetProperty("crewId").GetString()).ShouldBe(("crew-1", "crew", "crew-1"));

        using (var logout = await browser.DeleteAsync("/api/session"))
        {
            logout.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        using var after = await browser.GetAsync("/api/session");
        after.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_for_the_name_that_is_guessed()
    {
        using var browser = Dashboard.Stranger();
        var answers = new List<HttpStatusCode>();
        long begun;
        do
        {
            // A minute may turn in between and grant another ten; twenty-one within one minute never pass.
            begun = TimeProvider.System.GetTimestamp();
            for (var i = 0; i <= 2 * LoginThrottle.MaxWrong; i++)
            {
                answers.Add((await browser.SendJsonAsync(HttpMethod.Post, "/api/session", new { user = "viewer", password = $"guess {i}" })).Status);
            }
        }
        while (!answers.Contains(HttpStatusCode.TooManyRequests) && TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromMinutes(1));

        answers.ShouldContain(HttpStatusCode.TooManyRequests);
        answers.ShouldAllBe(answer => answer == HttpStatusCode.Unauthorized || answer == HttpStatusCode.TooManyRequests);
        using var other = await Dashboard.LogInAsync("dispatcher");
    }

    [Fact]
    public async Task Wrong_password_and_unknown_name_get_the_same_answer()
    {
        using var browser = Dashboard.Stranger();
        var wrong = await browser.SendJsonAsync(HttpMethod.Post, "/api/session", new { user = "viewer", password = "no" });
        var unknown = await browser.SendJsonAsync(HttpMethod.Post, "/api/session", new { user = "nobody", password = "no" });
        (wrong.Status, wrong.Body.GetProperty("detail").GetString()).ShouldBe((unknown.Status, unknown.Body.GetProperty("detail").GetString()));
        wrong.Body.GetProperty("code").GetString().ShouldBe("wrong_login");
    }

    [Fact]
    public async Task User_with_another_role_loses_the_old_cookie()
    {
        var users = Dashboard.Services.GetRequiredService<UserStore>();
        users.Put(new User("temp", Roles.Dispatcher, null), "temp");
        using var browser = await Dashboard.LogInAsync("temp");
        users.Put(new User("temp", Roles.Viewer, null), "temp");
        using var response = await browser.GetAsync("/api/confirmations");
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Cookie_outlives_a_restart()
    {
        using var folder = new TemporaryFolder();
        string cookie;
        await using (var first = await RunningDashboard.StartAsync(City, folder.Path))
        {
            using var browser = first.Stranger();
            using var login = await browser.PostAsJsonAsync("/api/session", new { user = "viewer", password = "viewer" });
            cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        }

        await using var second = await RunningDashboard.StartAsync(City, folder.Path);
        using var again = second.Stranger();
        again.DefaultRequestHeaders.Add("Cookie", cookie);
        (await again.GetJsonAsync("/api/session")).GetProperty("user").GetString().ShouldBe("viewer");
    }

    [Theory]
    [InlineData("POST", "/api/work-orders", "Origin", "https://evil.example")]
    [InlineData("PUT", "/api/plan", "Origin", "null")]
    [InlineData("DELETE", "/api/session", "Sec-Fetch-Site", "cross-site")]
    [InlineData("GET", "/api/live", "Origin", "https://evil.example")]
    [InlineData("GET", "/api/live", "Sec-Fetch-Site", "same-site")]
    public async Task Other_sites_cannot_use_a_users_cookie(string method, string path, string header, string value)
    {
        using var browser = await Dashboard.LogInAsync("dispatcher");
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method is "POST" or "PUT" ? JsonContent.Create(new { capacity = 1 }) : null };
        request.Headers.Add(header, value);
        using var response = await browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await response.Content.ReadAsStringAsync()).ShouldContain("wrong_origin");
    }

    [Fact]
    public async Task Own_page_may_write()
    {
        using var browser = await Dashboard.LogInAsync("dispatcher");
        browser.DefaultRequestHeaders.Add("Origin", Dashboard.Address.GetLeftPart(UriPartial.Authority));
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        (await browser.SendJsonAsync(HttpMethod.Put, "/api/plan", new { capacity = 2 })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/healthz")]
    [InlineData("/api/session")]
    [InlineData("/nowhere")]
    public async Task Every_answer_names_no_foreign_host_and_allows_no_inline_script(string path)
    {
        using var browser = Dashboard.Stranger();
        using var response = await browser.GetAsync(path);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("worker-src 'self' blob:;");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe");
        policy.ShouldNotContain("http");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.Contains("Server").ShouldBeFalse();
    }
}
