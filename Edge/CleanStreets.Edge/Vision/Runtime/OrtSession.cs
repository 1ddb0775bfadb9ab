using System.Runtime.InteropServices;
using System.Text;

namespace CleanStreets.Edge.Vision.Runtime;

/// <summary>A loaded model with one float input, whose memory is ours and is filled before each run.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed unsafe class OrtSession : IDisposable
{
    private const nuint Alignment = 64; // A cache line: what the library's own allocator gives.

    private readonly OrtLibrary _library;
    private readonly OrtHandle _session;
    private readonly byte[] _inputName;
    private readonly byte[] _outputName;
    private float* _input;
    private int _inputLength;
    private OrtHandle? _inputValue;

    /// <summary>Loads the model file.</summary>
    /// <param name="library">The library.</param>
    /// <param name="path">The model.</param>
    /// <param name="threads">Threads that compute one run, the caller's included.</param>
    /// <exception cref="OrtException">The file is no model that the library can run.</exception>
    public OrtSession(OrtLibrary library, string path, int threads)
    {
        _library = library;
        using var options = Options(threads);
        nint session;
        fixed (byte* file = Text(path))
        {
            library.Check(((delegate* unmanaged<nint, byte*, nint, nint*, nint>)library[OrtCall.CreateSession])(
                library.Environment.Pointer, file, options.Pointer, &session));
        }

        _session = new OrtHandle(library, session, OrtCall.ReleaseSession);
        try
        {
            (Inputs, Outputs) = (Count(OrtCall.SessionGetInputCount), Count(OrtCall.SessionGetOutputCount));
            _inputName = Name(OrtCall.SessionGetInputName);
            _outputName = Name(OrtCall.SessionGetOutputName);
            (InputType, InputDimensions) = InputShape();
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>ONNX's number of the input's type.</summary>
    public int InputType { get; }

    /// <summary>The input's dimensions; one that is not fixed is -1.</summary>
    public long[] InputDimensions { get; }

    /// <summary>The input's numbers, to be filled before <see cref="Run"/>. Empty until <see cref="Shape"/>.</summary>
    public Span<float> Input => new(_input, _inputLength);

    /// <summary>Gives the input its memory.</summary>
    public void Shape(params long[] dimensions)
    {
        FreeInput();
        _inputLength = checked((int)dimensions.Aggregate(1L, (product, dimension) => product * dimension));
        _input = (float*)NativeMemory.AlignedAlloc((nuint)_inputLength * sizeof(float), Alignment);
        Input.Clear();
        nint memory, value;
        _library.Check(((delegate* unmanaged<int, int, nint*, nint>)_library[OrtCall.CreateCpuMemoryInfo])(1, 0, &memory)); // Arena, default memory.
        using var info = new OrtHandle(_library, memory, OrtCall.ReleaseMemoryInfo);
        fixed (long* shape = dimensions)
        {
            _library.Check(((delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)_library[OrtCall.CreateTensorWithDataAsOrtValue])(
                info.Pointer, _input, (nuint)_inputLength * sizeof(float), shape, (nuint)dimensions.Length, OrtShape.Float, &value));
        }

        _inputValue = new OrtHandle(_library, value, OrtCall.ReleaseValue);
    }

    /// <summary>Runs the model on <see cref="Input"/>; the first output.</summary>
    /// <exception cref="OrtException">The run failed.</exception>
    public OrtTensor Run()
    {
        var input = _inputValue?.Pointer ?? throw new InvalidOperationException("The input has no shape yet.");
        nint output = 0;
        fixed (byte* inputName = _inputName, outputName = _outputName)
        {
            byte* first = inputName, result = outputName;
            _library.Check(((delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint>)_library[OrtCall.Run])(
                _session.Pointer, 0, &first, &input, 1, &result, 1, &output));
        }

        return new OrtTensor(_library, output);
    }

    /// <summary>A value of the model file's own metadata; null when it has none of that name.</summary>
    public string? Metadata(string key)
    {
        nint metadata, text;
        _library.Check(((delegate* unmanaged<nint, nint*, nint>)_library[OrtCall.SessionGetModelMetadata])(_session.Pointer, &metadata));
        using var owned = new OrtHandle(_library, metadata, OrtCall.ReleaseModelMetadata);
        fixed (byte* name = Text(key))
        {
            _library.Check(((delegate* unmanaged<nint, nint, byte*, nint*, nint>)_library[OrtCall.ModelMetadataLookupCustomMetadataMap])(
                metadata, Allocator(), name, &text));
        }

        return text == 0 ? null : Encoding.UTF8.GetString(Take(text)[..^1]);
    }

    public void Dispose()
    {
        FreeInput();
        _session.Dispose();
    }

    private static byte[] Text(string value) => [.. Encoding.UTF8.GetBytes(value), 0];

    private OrtHandle Options(int threads)
    {
        nint options;
        _library.Check(((delegate* unmanaged<nint*, nint>)_library[OrtCall.CreateSessionOptions])(&options));
        var owned = new OrtHandle(_library, options, OrtCall.ReleaseSessionOptions);
        _library.Check(((delegate* unmanaged<nint, int, nint>)_library[OrtCall.SetIntraOpNumThreads])(options, threads));
        _library.Check(((delegate* unmanaged<nint, int, nint>)_library[OrtCall.SetInterOpNumThreads])(options, 1));

        // Threads that spin between runs would cost a truck's box a core for nothing.
        fixed (byte* key = "session.intra_op.allow_spinning\0"u8, value = "0\0"u8)
        {
            _library.Check(((delegate* unmanaged<nint, byte*, byte*, nint>)_library[OrtCall.AddSessionConfigEntry])(options, key, value));
        }

        return owned;
    }

    private int Count(OrtCall call)
    {
        nuint count;
        _library.Check(((delegate* unmanaged<nint, nuint*, nint>)_library[call])(_session.Pointer, &count));
        return (int)count;
    }

    private byte[] Name(OrtCall call)
    {
        nint text;
        _library.Check(((delegate* unmanaged<nint, nuint, nint, nint*, nint>)_library[call])(_session.Pointer, 0, Allocator(), &text));
        return Take(text);
    }

    private (int ElementType, long[] Dimensions) InputShape()
    {
        nint type, tensor;
        _library.Check(((delegate* unmanaged<nint, nuint, nint*, nint>)_library[OrtCall.SessionGetInputTypeInfo])(_session.Pointer, 0, &type));
        using var owned = new OrtHandle(_library, type, OrtCall.ReleaseTypeInfo);
        _library.Check(((delegate* unmanaged<nint, nint*, nint>)_library[OrtCall.CastTypeInfoToTensorInfo])(type, &tensor));
        return tensor == 0 ? throw new OrtException("the model's input is no tensor") : OrtShape.Read(_library, tensor);
    }

    private nint Allocator()
    {
        nint allocator;
        _library.Check(((delegate* unmanaged<nint*, nint>)_library[OrtCall.GetAllocatorWithDefaultOptions])(&allocator));
        return allocator;
    }

    /// <summary>Copies a text of the library, its closing zero included, and frees it.</summary>
    private byte[] Take(nint text)
    {
        var copy = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)text).ToArray();
        _library.Check(((delegate* unmanaged<nint, nint, nint>)_library[OrtCall.AllocatorFree])(Allocator(), text));
        return [.. copy, 0];
    }

    private void FreeInput()
    {
        _inputValue?.Dispose();
        NativeMemory.AlignedFree(_input);
        _input = null;
        (_inputLength, _inputValue) = (0, null);
    }
}
