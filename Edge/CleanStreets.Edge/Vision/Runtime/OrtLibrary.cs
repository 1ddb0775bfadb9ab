using System.Runtime.InteropServices;

namespace CleanStreets.Edge.Vision.Runtime;

/// <summary>ONNX Runtime's shared library: found, loaded once, and its functions.</summary>
/// <remarks>Never unloaded: its threads may outlive the last session by a moment. Safe for concurrent use, as the library is.</remarks>
internal sealed unsafe class OrtLibrary
{
    /// <summary>Environment variable that names the library's file.</summary>
    public const string Variable = "CLEANSTREETS_ONNXRUNTIME";

    private const string FileName = "libonnxruntime.so.1";

    // Everything in OrtCall is older than this version of the table; a library that no longer serves it says so.
    private const uint TableVersion = 16;

    private static readonly Lazy<OrtLibrary> Loaded = new(() => new OrtLibrary(Find()));

    private readonly nint* _table;

    private OrtLibrary(string path)
    {
        Path = path;
        if (!NativeLibrary.TryLoad(path, out var library) || !NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var export))
        {
            throw new VisionException($"{path} is no ONNX Runtime library for this processor. Name another by {Variable}.");
        }

        var tables = ((delegate* unmanaged<nint*>)export)();
        _table = (nint*)((delegate* unmanaged<uint, nint>)tables[0])(TableVersion);
        Version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)tables[1])()) ?? "unknown";
        if (_table is null)
        {
            throw new VisionException($"{path} is ONNX Runtime {Version}, which is older than 1.{TableVersion}. Take a newer one.");
        }

        nint environment;
        fixed (byte* name = "cleanstreets\0"u8)
        {
            // 4: only what ends the program; errors come back as statuses.
            Check(((delegate* unmanaged<int, byte*, nint*, nint>)this[OrtCall.CreateEnv])(4, name, &environment));
        }

        Environment = new OrtHandle(this, environment, OrtCall.ReleaseEnv);
    }

    /// <summary>Where it was found.</summary>
    public string Path { get; }

    /// <summary>The library's version, for example 1.30.0.</summary>
    public string Version { get; }

    /// <summary>The one environment of this process.</summary>
    public OrtHandle Environment { get; }

    /// <summary>Address of a function.</summary>
    public nint this[OrtCall call] => _table[(int)call];

    /// <summary>The library; loaded at the first call.</summary>
    /// <exception cref="VisionException">It is not there or cannot be used.</exception>
    public static OrtLibrary Load() => Loaded.Value;

    /// <summary>Throws what a status says and frees it.</summary>
    /// <exception cref="OrtException">The call failed.</exception>
    public void Check(nint status)
    {
        if (status == 0)
        {
            return;
        }

        var message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)this[OrtCall.GetErrorMessage])(status));
        Release(OrtCall.ReleaseStatus, status);
        throw new OrtException(message ?? "ONNX Runtime failed without a word.");
    }

    /// <summary>Frees an object by the function of its kind.</summary>
    public void Release(OrtCall release, nint pointer) => ((delegate* unmanaged<nint, void>)this[release])(pointer);

    private static string Find()
    {
        if (System.Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? System.IO.Path.GetFullPath(named) : throw new VisionException($"{Variable} names {named}, which is not there.");
        }

        return FindFrom(AppContext.BaseDirectory) ?? throw new VisionException(
            $"ONNX Runtime's library {FileName} is not installed, so no model can run. In a checkout: deploy/onnxruntime/install .build/onnxruntime. Elsewhere put it beside the program or name it by {Variable}.");
    }

    /// <summary>Looks in a folder and those above it: an installed box has it in the folder lib beside its releases, a checkout in its folder for build output.</summary>
    /// <returns>The file; null when it is nowhere.</returns>
    internal static string? FindFrom(string program)
    {
        for (var folder = new DirectoryInfo(program); folder is not null; folder = folder.Parent)
        {
            foreach (var place in (string[])["", "lib", System.IO.Path.Combine(".build", "onnxruntime")])
            {
                var path = System.IO.Path.Combine(folder.FullName, place, FileName);
                if (File.Exists(path))
                {
                    return path;
                }
            }
        }

        return null;
    }
}
