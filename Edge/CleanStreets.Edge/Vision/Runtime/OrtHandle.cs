using System.Runtime.InteropServices;

namespace CleanStreets.Edge.Vision.Runtime;

/// <summary>An object of ONNX Runtime, released by the function of its kind.</summary>
internal sealed class OrtHandle : SafeHandle
{
    private readonly OrtLibrary _library;
    private readonly OrtCall _release;

    public OrtHandle(OrtLibrary library, nint handle, OrtCall release)
        : base(0, ownsHandle: true)
    {
        (_library, _release) = (library, release);
        SetHandle(handle);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer, for a call during which this object is kept alive.</summary>
    public nint Pointer => IsClosed ? throw new ObjectDisposedException(_release.ToString()) : handle;

    protected override bool ReleaseHandle()
    {
        _library.Release(_release, handle);
        return true;
    }
}
