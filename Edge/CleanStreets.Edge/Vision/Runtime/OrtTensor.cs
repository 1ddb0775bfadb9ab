namespace CleanStreets.Edge.Vision.Runtime;

/// <summary>An output of one run. Its numbers live until it is disposed.</summary>
internal sealed unsafe class OrtTensor : IDisposable
{
    private readonly OrtHandle _value;
    private readonly float* _data;
    private readonly int _length;

    public OrtTensor(OrtLibrary library, nint value)
    {
        _value = new OrtHandle(library, value, OrtCall.ReleaseValue);
        nint info;
        library.Check(((delegate* unmanaged<nint, nint*, nint>)library[OrtCall.GetTensorTypeAndShape])(value, &info));
        using (var shape = new OrtHandle(library, info, OrtCall.ReleaseTensorTypeAndShapeInfo))
        {
            (ElementType, Dimensions) = OrtShape.Read(library, shape.Pointer);
        }

        if (ElementType != OrtShape.Float)
        {
            throw new OrtException($"the output holds numbers of type {ElementType}, not float32");
        }

        float* data;
        library.Check(((delegate* unmanaged<nint, float**, nint>)library[OrtCall.GetTensorMutableData])(value, &data));
        _data = data;
        _length = checked((int)Dimensions.Aggregate(1L, (product, dimension) => product * dimension));
    }

    public int ElementType { get; }

    public long[] Dimensions { get; }

    /// <summary>The numbers, row by row.</summary>
    public ReadOnlySpan<float> Values => _value.IsClosed ? throw new ObjectDisposedException(nameof(OrtTensor)) : new(_data, _length);

    public void Dispose() => _value.Dispose();
}
