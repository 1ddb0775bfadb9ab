using System.Diagnostics;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Install;

/// <summary>A city's office for releases and a box's disk, below one folder: the real scripts of <c>deploy/edge</c>, with keys of the test's own.</summary>
internal sealed class ReleaseBench : IDisposable
{
    // In memory where there is such a disk: the scripts sync after each step, and a test plays some hundred.
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"cleanstreets-{Guid.NewGuid():N}")).FullName;

    public ReleaseBench()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "needs openssl (apt: openssl)");
        Make("key", "--out", Combine("keys"));
        Directory.CreateDirectory(Root);
    }

    /// <summary>The disk of the box.</summary>
    public string Root => Combine("box");

    /// <summary>Where the city puts what it makes.</summary>
    public string Out => Combine("out");

    public string PublicKey => Combine("keys", "release.pem");

    public string Home => OnBox("opt/cleanstreets-edge");

    /// <summary>Name of the release that the box starts.</summary>
    public string? Current => new FileInfo(Path.Combine(Home, "current")).LinkTarget is { } target ? Path.GetFileName(target) : null;

    /// <summary>This processor's archive.</summary>
    public static string Architecture => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    public static string Script(string name) => RepositoryRoot.Combine("deploy", "edge", name);

    public string Combine(params string[] parts) => Path.Combine([_folder, .. parts]);

    public string OnBox(string path) => Path.Combine(Root, path);

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A program that is still ending may hold a file for a moment.
        }
    }

    /// <summary>A folder that holds a program of one line of shell.</summary>
    public string Shell(string name, string body)
    {
        var folder = Combine("programs", name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "CleanStreets.Edge"), $"#!/bin/sh\n{body}\n");
        Run("/bin/chmod", "755", Path.Combine(folder, "CleanStreets.Edge"));
        return folder;
    }

    /// <summary>The agent as the tests run it.</summary>
    public static string Agent => Path.GetDirectoryName(ProductProgram.AssemblyPath("Edge/CleanStreets.Edge"))!;

    /// <summary>Packs and signs a program; gives its manifest.</summary>
    public string Program(string version, string folder, string? key = null, params string[] more) =>
        Make([
            "pack", "--kind", "program", "--version", version, "--key", key ?? Combine("keys", "release.key"), "--out", Out, $"{Architecture}={folder}", .. more,
        ]).Trim();

    /// <summary>Another city's key.</summary>
    public string StrangeKey()
    {
        Make("key", "--out", Combine("strange"));
        return Combine("strange", "release.key");
    }

    public string Make(params string[] arguments)
    {
        var (code, said) = Run(Script("release"), arguments);
        return code == 0 ? said : throw new InvalidOperationException(said);
    }

    public (int Code, string Said) Install(string manifest, params string[] more) => Run(Script("install"), [manifest, "--root", Root, .. more]);

    /// <summary>Lays a manifest, its signature and its archive where the agent would have put them.</summary>
    public void Fetched(string manifest)
    {
        var folder = OnBox("var/lib/cleanstreets-edge/upgrade/program");
        Directory.CreateDirectory(folder);
        File.Copy(manifest, Path.Combine(folder, "manifest"), overwrite: true);
        File.Copy(manifest + ".sig", Path.Combine(folder, "manifest.sig"), overwrite: true);
        File.Copy(manifest.Replace(".manifest", $"-{Architecture}.tar.gz", StringComparison.Ordinal), Path.Combine(folder, "archive"), overwrite: true);
        File.WriteAllText(Path.Combine(folder, "ready"), "asked 1\n");
    }

    /// <summary>Says, as the agent on trial would, that it is healthy.</summary>
    public void SayHealthy() =>
        File.WriteAllText(OnBox("var/lib/cleanstreets-edge/upgrade/healthy"), File.ReadLines(Path.Combine(Home, "trial")).First(line => line.StartsWith("id ", StringComparison.Ordinal))[3..] + "\n");

    public (int Code, string Said) Switch(string verb, string boot = "boot-1", string? bashEnvironment = null) =>
        Run("/usr/bin/env", ["-i", $"PATH={Environment.GetEnvironmentVariable("PATH")}", $"CLEANSTREETS_BOOT_ID={boot}", $"BASH_ENV={bashEnvironment}", Path.Combine(Home, "bin", "switch"), "--root", Root, verb]);

    public static (int Code, string Said) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said + errors.GetAwaiter().GetResult());
    }
}
