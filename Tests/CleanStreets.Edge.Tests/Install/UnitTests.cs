using System.Globalization;
using System.Text.RegularExpressions;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Install;

/// <summary>The unit, judged by systemd's own tools.</summary>
public sealed partial class UnitTests : IDisposable
{
    private const string Analyze = "/usr/bin/systemd-analyze";
    private static readonly string Unit = RepositoryRoot.Combine("deploy", "edge", "cleanstreets-edge.service");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Systemd_understands_every_line_of_the_unit()
    {
        Assert.SkipUnless(File.Exists(Analyze), $"needs {Analyze} (apt: systemd)");
        var unit = await File.ReadAllTextAsync(Unit, TestContext.Current.CancellationToken);
        foreach (var program in new[] { "bin/switch", "current/CleanStreets.Edge" })
        {
            unit.ShouldContain($"/opt/cleanstreets-edge/{program} ");
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(program))!);
            File.Copy("/bin/true", _folder.Combine(program));
        }

        var (code, said) = await AnalyzeAsync("cleanstreets-edge.service", unit.Replace("/opt/cleanstreets-edge/", _folder.Path + "/", StringComparison.Ordinal), "verify", "--man=no");
        code.ShouldBe(0, said);
        said.ShouldBeEmpty("not a word of warning");
        (code, said) = await AnalyzeAsync("wrong.service", unit.Replace("RestartSec=5s", "RestartSecs=5s", StringComparison.Ordinal).Replace("/opt/cleanstreets-edge/", _folder.Path + "/", StringComparison.Ordinal), "verify", "--man=no");
        said.ShouldContain("RestartSecs", Case.Insensitive, "the tool does look");
    }

    [Fact]
    public async Task Unit_leaves_the_agent_little_to_harm()
    {
        Assert.SkipUnless(File.Exists(Analyze), $"needs {Analyze} (apt: systemd)");
        var (code, said) = await AnalyzeAsync("cleanstreets-edge.service", await File.ReadAllTextAsync(Unit, TestContext.Current.CancellationToken), "security", "--offline=true", "--no-pager");
        var level = ExposurePattern().Match(said);
        Assert.SkipWhen(!level.Success && said.Contains("unrecognized option", StringComparison.Ordinal), "this systemd-analyze judges no files (needs systemd 250)");
        code.ShouldBe(0, said);
        double.Parse(level.Groups["level"].Value, CultureInfo.InvariantCulture).ShouldBeLessThanOrEqualTo(2.0, said);
    }

    [Theory]
    [InlineData("Type=notify")]
    [InlineData("Restart=always")]
    [InlineData("StartLimitIntervalSec=0")]
    [InlineData("WatchdogSec=3min")]
    [InlineData("SuccessExitStatus=75")]
    [InlineData("StateDirectory=cleanstreets-edge")]
    [InlineData("OOMPolicy=continue")]
    [InlineData("Wants=modprobe@cdc_acm.service modprobe@usbserial.service modprobe@videodev.service")]
    [InlineData("After=modprobe@cdc_acm.service modprobe@usbserial.service modprobe@videodev.service")]
    [InlineData("ExecCondition=+/opt/cleanstreets-edge/bin/switch wanted")]
    [InlineData("ExecStartPre=+/opt/cleanstreets-edge/bin/switch before")]
    [InlineData("ExecStartPost=+/opt/cleanstreets-edge/bin/switch after")]
    [InlineData("Environment=DOTNET_TieredCompilation=0 DOTNET_GCgen0size=0x200000 DOTNET_GCConserveMemory=9")]
    public void Unit_says_what_upgrades_watchdog_and_memory_rest_on(string line) => File.ReadAllLines(Unit).ShouldContain(line);

    private async Task<(int Code, string Said)> AnalyzeAsync(string name, string unit, params string[] arguments)
    {
        await File.WriteAllTextAsync(_folder.Combine(name), unit, TestContext.Current.CancellationToken);
        await using var analyze = ProductProgram.StartProcess("env", ["LC_ALL=C.UTF-8", Analyze, .. arguments, _folder.Combine(name)]);
        var code = await analyze.ExitAsync(Eventually.Patience);
        return (code, analyze.Output);
    }

    [GeneratedRegex(@"exposure level for \S+: (?<level>[0-9.]+)", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex ExposurePattern();
}
