using System.Text.RegularExpressions;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Install;

/// <summary>The install script, into a folder instead of a box.</summary>
public sealed partial class InstallTests : IDisposable
{
    private readonly ReleaseBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Install_lays_program_unit_settings_and_key_and_ends_with_the_doctor()
    {
        var (code, said) = _bench.Install(_bench.Program("0.1.0", ReleaseBench.Agent), "--key", _bench.PublicKey, "--truck", "truck-9", "--city", $"127.0.0.1:{FreePort.Next()}", "--ring", "canary");
        code.ShouldBe(1, "nobody answers for the city here, so the doctor has something to mend");
        said.ShouldContain("release 0.1.0 is in /opt/cleanstreets-edge/releases/0.1.0");
        DoctorLinePattern().Matches(said).Select(line => line.Groups["part"].Value).ShouldBe(["clock", "dns", "tls", "broker", "position", "camera", "model", "disk"], ignoreOrder: true, said);
        _bench.Current.ShouldBe("0.1.0");
        File.Exists(Path.Combine(_bench.Home, "current", "CleanStreets.Edge.dll")).ShouldBeTrue();
        File.ReadAllText(_bench.OnBox("etc/systemd/system/cleanstreets-edge.service")).ShouldBe(File.ReadAllText(ReleaseBench.Script("cleanstreets-edge.service")));
        var settings = Edge.Run.EdgeSettingsFile.Read(_bench.OnBox("etc/cleanstreets-edge/edge.json"));
        (settings.TruckId, settings.Mqtt!.Host, settings.Upgrade!.Ring, settings.Data).ShouldBe(("truck-9", "127.0.0.1", "canary", "/var/lib/cleanstreets-edge"));
        ReleaseBench.Run("/usr/bin/stat", "-c", "%a", _bench.OnBox("var/lib/cleanstreets-edge")).Said.Trim().ShouldBe("700");
        ReleaseBench.Run("/usr/bin/stat", "-c", "%a", _bench.OnBox("etc/cleanstreets-edge/edge.json")).Said.Trim().ShouldBe("640");
        if (File.Exists("/usr/bin/systemd-sysusers"))
        {
            File.ReadAllText(_bench.OnBox("etc/passwd")).ShouldContain("cleanstreets-edge:");
            File.ReadAllLines(_bench.OnBox("etc/group")).ShouldContain(line => line.StartsWith("dialout:", StringComparison.Ordinal) && line.EndsWith("cleanstreets-edge", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Installing_a_newer_release_keeps_settings_and_the_release_before()
    {
        _bench.Install(_bench.Program("0.1.0", _bench.Shell("old", "exit 0")), "--key", _bench.PublicKey, "--truck", "truck-9", "--city", "city.example");
        File.AppendAllText(_bench.OnBox("etc/cleanstreets-edge/edge.json"), "// Ours.\n");
        var (code, said) = _bench.Install(_bench.Program("0.2.0", _bench.Shell("new", "echo doctor of 2: $*; exit 0")));
        code.ShouldBe(0, said);
        said.ShouldContain("doctor of 2: doctor --settings");
        _bench.Current.ShouldBe("0.2.0");
        Directory.EnumerateDirectories(Path.Combine(_bench.Home, "releases")).Select(Path.GetFileName).ShouldBe(["0.1.0", "0.2.0"], ignoreOrder: true);
        File.ReadAllText(_bench.OnBox("etc/cleanstreets-edge/edge.json")).ShouldEndWith("// Ours.\n");
    }

    [Theory]
    [InlineData("archive", "the archive is not the one that was signed")]
    [InlineData("longer", "longer than the manifest says")]
    [InlineData("manifest", "has signed it")]
    [InlineData("key", "has signed it")]
    [InlineData("program", "it holds no CleanStreets.Edge")]
    public void What_was_not_signed_is_not_installed(string tampered, string reason)
    {
        _bench.Install(_bench.Program("0.1.0", _bench.Shell("old", "exit 0")), "--key", _bench.PublicKey);
        var folder = _bench.Shell("new", "exit 0");
        if (tampered == "program")
        {
            File.Move(Path.Combine(folder, "CleanStreets.Edge"), Path.Combine(folder, "other"));
        }

        var manifest = _bench.Program("0.2.0", folder, tampered == "key" ? _bench.StrangeKey() : null);
        var archive = manifest.Replace(".manifest", $"-{ReleaseBench.Architecture}.tar.gz", StringComparison.Ordinal);
        switch (tampered)
        {
            case "archive":
                var bytes = File.ReadAllBytes(archive);
                bytes[^12] ^= 1;
                File.WriteAllBytes(archive, bytes);
                break;
            case "longer":
                File.AppendAllText(archive, "more");
                break;
            case "manifest":
                File.AppendAllText(manifest, "replaces 9.9.9\n");
                break;
        }

        var (code, said) = _bench.Install(manifest);
        code.ShouldBe(1);
        said.ShouldContain(reason);
        _bench.Current.ShouldBe("0.1.0");
    }

    [Fact]
    public void First_install_without_a_key_is_refused()
    {
        var (code, said) = _bench.Install(_bench.Program("0.1.0", _bench.Shell("old", "exit 0")));
        code.ShouldBe(1);
        said.ShouldContain("no key of releases is on this box yet: --key");
    }

    [Fact]
    public void Release_holds_a_program_for_each_processor()
    {
        var manifest = _bench.Make("program", "--version", "0.3.1", "--key", _bench.Combine("keys", "release.key"), "--out", _bench.Out, "--no-ready-to-run").Trim();
        foreach (var (part, machine) in new[] { ("linux-arm64", 0xB7), ("linux-x64", 0x3E) })
        {
            var folder = Directory.CreateDirectory(_bench.Combine("unpacked", part)).FullName;
            ReleaseBench.Run("/bin/tar", "-xzf", manifest.Replace(".manifest", $"-{part}.tar.gz", StringComparison.Ordinal), "-C", folder).Code.ShouldBe(0);
            var program = File.ReadAllBytes(Path.Combine(folder, "CleanStreets.Edge"));
            program.AsSpan(0, 4).SequenceEqual("\u007fELF"u8).ShouldBeTrue();
            BitConverter.ToUInt16(program, 18).ShouldBe((ushort)machine, $"e_machine of {part}");
            Directory.EnumerateFiles(folder).Select(Path.GetExtension).ShouldAllBe(extension => extension != ".pdb" && extension != ".xml");
            System.Reflection.AssemblyName.GetAssemblyName(Path.Combine(folder, "CleanStreets.Edge.dll")).Version!.ToString(3).ShouldBe("0.3.1");
        }
    }

    [GeneratedRegex(@"^(ok|fail|unused)\s+(?<part>\w+)\s", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 60_000)]
    private static partial Regex DoctorLinePattern();
}
