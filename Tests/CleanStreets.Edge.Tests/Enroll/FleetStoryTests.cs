using System.Net;
using CleanStreets.Contracts;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Enroll;

/// <summary>A box from its code to its end, and what others try with it: real programs, real TLS.</summary>
public sealed class FleetStoryTests : FleetStory
{
    [Fact]
    public async Task Box_enrols_runs_renews_moves_and_forgets()
    {
        await using var city = await FleetCity.StartAsync();
        var codes = await city.CodesAsync("box-1,truck-1", "box-2,truck-2");
        await EnrolAsync(city, 0, "enrolled box-1 on truck-1", "--csv", codes, "--device", "box-1");
        var code = (await File.ReadAllLinesAsync(codes, Token))[1].Split(',')[2];
        await EnrolAsync(city, 1, "was used", code, "--data", Box.Combine("thief"), "--settings", Box.Combine("thief.json"));
        File.Exists(Box.Combine("thief.json")).ShouldBeFalse();
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Box.Combine("edge", "identity", "box.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await DriveAsync();
        await using var agent = ProductProgram.Start(Folder, "run", "--settings", Box.Combine("edge.json"));
        (await agent.ReadyAsync(Eventually.Patience)).ShouldBe("ready edge truck=truck-1");
        await AcceptedAsync(city, agent, 5);

        // Who asks the doctor beside it cuts no link.
        await using (var doctor = ProductProgram.Start(Folder, "doctor", "--settings", Box.Combine("edge.json")))
        {
            await doctor.ExitAsync(Eventually.Patience);
            doctor.Output.ShouldMatch(@"unused\s+broker");
        }

        agent.Output.ShouldNotContain("TakenOver");

        // Renewal while readings flow: the link is made anew with batches on their way.
        for (var i = 0; i < 3; i++)
        {
            var before = await CertificateAsync();
            var renewed = await city.AskAsync("box-1", "renew");
            renewed.Http.ShouldBe(HttpStatusCode.OK, agent.Output);
            (await CertificateAsync()).ShouldNotBe(before);
            await AcceptedAsync(city, agent, 3);
        }

        (await city.AskAsync("box-1", "logs", new { lines = 2 })).Answer.GetProperty("body").GetProperty("text").GetString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        (await city.AskAsync("box-1", "logs", new { lines = 0 })).Answer.GetProperty("status").GetInt32().ShouldBe(400);
        (await city.AskAsync("box-1", "status")).Answer.GetProperty("body").GetProperty("health").GetProperty("certificateEndsAt").GetDateTimeOffset().ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddDays(300));
        (await city.AskAsync("box-2", "status")).Http.ShouldBe(HttpStatusCode.GatewayTimeout, "it is not there");

        await city.FleetAsync("assign", "box-1", "truck-9");
        await Eventually.TrueAsync($"it runs as its new truck{agent.Output}", () => agent.Output.Contains("ready edge truck=truck-9", StringComparison.Ordinal), TimeSpan.FromMinutes(10));
        await AcceptedAsync(city, agent, 5);
        await city.FleetAsync("wipe", "box-1");
        (await agent.ExitAsync(TimeSpan.FromMinutes(11))).ShouldBe(0, agent.Output);
        await Eventually.TrueAsync("the registry has heard of it", async () => (await city.BoxAsync("box-1")).GetProperty("state").GetString() == "wiped");
        Directory.EnumerateFiles(Box.Combine("edge"), "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("lock", StringComparison.Ordinal) && !file.Contains("/log/", StringComparison.Ordinal)).ShouldBeEmpty();
        File.Exists(Box.Combine("edge.json")).ShouldBeFalse();

        var journal = await city.JournalAsync();
        journal.ShouldContain(" 0 quarantined");
        journal.ShouldContain("truck-1 ");
        journal.ShouldContain("truck-9 ");
    }

    [Fact]
    public async Task Certificate_of_one_box_speaks_for_no_other_and_for_nobody_once_revoked()
    {
        await using var city = await FleetCity.StartAsync();
        await EnrolAsync(city, 0, "enrolled box-1", await city.CodeAsync("box-1", "truck-1"));
        var other = await city.CodeAsync("box-2", "truck-2");
        await EnrolAsync(city, 0, "enrolled box-2", other[..9], "--fingerprint", city.Fingerprint, "--data", Box.Combine("second"), "--settings", Box.Combine("second.json"));
        await using var box = Client(city, "edge", "box-1");
        await box.StartAsync(Token);
        await box.WaitConnectedAsync(Token).WaitAsync(Eventually.Patience, Token);
        await Eventually.TrueAsync("its rights have been read", async () => await SendAsync(box, "truck-1", "box-1", 1) == MqttReasonCode.Success);
        (await SendAsync(box, "truck-2", "box-1", 1)).ShouldBe(MqttReasonCode.NotAuthorized);
        (await SendAsync(box, "truck-2", "box-2", 1)).ShouldBe(MqttReasonCode.NotAuthorized);
        await Should.ThrowAsync<MqttRefusedException>(() => box.SubscribeAsync(Topics.Default.Requests(DeviceId.Parse("box-2")), QualityOfService.AtLeastOnce, (_, _) => default, Token));
        var aside = await city.ReadingsAsync("quarantined");
        (await SendAsync(box, "truck-1", "box-2", 2)).ShouldBe(MqttReasonCode.Success, "what is set aside is acknowledged");
        await Eventually.TrueAsync("a reading in another box's name is set aside", async () => await city.ReadingsAsync("quarantined") == aside + 1);

        await using var disguised = Client(city, "edge", "box-2");
        var refused = new TaskCompletionSource<MqttConnectionChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        disguised.ConnectionChanged += change => refused.TrySetResult(change);
        await disguised.StartAsync(Token);
        (await refused.Task.WaitAsync(Eventually.Patience, Token)).Connected.ShouldBeFalse("a client identifier that is not the certificate's");

        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        box.ConnectionChanged += change =>
        {
            if (!change.Connected)
            {
                cut.TrySetResult();
            }
        };
        await city.FleetAsync("revoke", "box-1");
        await cut.Task.WaitAsync(Eventually.Patience, Token);
        await using var again = Client(city, "edge", "box-1");
        var lost = new TaskCompletionSource<MqttConnectionChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        again.ConnectionChanged += change => lost.TrySetResult(change);
        await again.StartAsync(Token);
        (await lost.Task.WaitAsync(Eventually.Patience, Token)).Connected.ShouldBeFalse("revoked");
    }

    [Fact]
    public async Task Short_certificates_are_renewed_by_the_box_itself()
    {
        await using var city = await FleetCity.StartAsync(certificates: TimeSpan.FromMinutes(2));
        await EnrolAsync(city, 0, "enrolled box-1", await city.CodeAsync("box-1", "truck-1"));
        await DriveAsync();
        var first = await CertificateAsync();
        await using var agent = ProductProgram.Start(Folder, "run", "--settings", Box.Combine("edge.json"));
        await agent.ReadyAsync(Eventually.Patience);
        await Eventually.TrueAsync("a new certificate came before the first ended", async () => await CertificateAsync() != first, TimeSpan.FromMinutes(4));
        await AcceptedAsync(city, agent, 3);
        agent.Output.ShouldContain("was renewed");
        (await agent.StopAsync(Eventually.Patience)).ShouldBe(0, agent.Output);
        (await city.JournalAsync()).ShouldContain(" 0 quarantined");
    }

    [Theory]
    [InlineData("https://localhost:1", "AAAA-BBBB", 2, "--fingerprint")]
    [InlineData("http://localhost:1", "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF", 2, "https://")]
    [InlineData("https://localhost:1", "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF", 1, "cannot be reached")]
    [InlineData("https://no-such-host.invalid:1", "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF", 1, "no address")]
    [InlineData("https://localhost:1", "AAAA-BBBU", 2, "is not a code")]
    public async Task What_cannot_work_is_a_sentence(string door, string code, int exit, string says)
    {
        await using var verb = ProductProgram.Start(Folder, "enroll", code, "--city", door, "--data", Box.Combine("edge"), "--settings", Box.Combine("edge.json"));
        (await verb.ExitAsync(Eventually.Patience)).ShouldBe(exit, verb.Output);
        await Eventually.TrueAsync($"it says why: {verb.Output}", () => verb.Output.Contains(says, StringComparison.Ordinal));
        verb.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Wrong_city_and_wrong_clock_are_told_apart_and_cost_no_code()
    {
        await using var city = await FleetCity.StartAsync();
        var code = await city.CodeAsync("box-1", "truck-1");
        await EnrolAsync(city, 1, "is not the city that the code is for", code[..9], "--fingerprint", "0000-0000-0000-0000");
        var faketime = Directory.Exists("/usr/lib") ? Directory.EnumerateFiles("/usr/lib", "libfaketime.so.1", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 2 }).FirstOrDefault() : null;
        foreach (var clock in faketime is null ? Array.Empty<string>() : ["@1970-01-02 00:00:00", "+3d"])
        {
            await using var late = ProductProgram.StartProcess(
                "env",
                [
                    $"LD_PRELOAD={faketime}", $"FAKETIME={clock}", "FAKETIME_DONT_FAKE_MONOTONIC=1", "dotnet", ProductProgram.AssemblyPath(Folder), "enroll", code, "--city", city.Door.ToString(),
                    "--data", Box.Combine("edge"), "--settings", Box.Combine("edge.json"),
                ]);
            (await late.ExitAsync(Eventually.Patience)).ShouldBe(1, late.Output);
            await Eventually.TrueAsync($"it names the clock: {late.Output}", () => late.Output.Contains("clock of this box", StringComparison.Ordinal));
        }

        await EnrolAsync(city, 0, "enrolled box-1", code);
    }
}
