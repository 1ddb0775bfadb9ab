namespace CleanStreets.Edge.Vision.Runtime;

/// <summary>Type and dimensions of a tensor; a dimension that is not fixed is -1.</summary>
internal static unsafe class OrtShape
{
    /// <summary>ONNX's number for float32.</summary>
    public const int Float = 1;

    /// <summary>Reads an <c>OrtTensorTypeAndShapeInfo</c>.</summary>
    public static (int ElementType, long[] Dimensions) Read(OrtLibrary library, nint info)
    {
        int type;
        nuint count;
        library.Check(((delegate* unmanaged<nint, int*, nint>)library[OrtCall.GetTensorElementType])(info, &type));
        library.Check(((delegate* unmanaged<nint, nuint*, nint>)library[OrtCall.GetDimensionsCount])(info, &count));
        var dimensions = new long[count];
        fixed (long* into = dimensions)
        {
            library.Check(((delegate* unmanaged<nint, long*, nuint, nint>)library[OrtCall.GetDimensions])(info, into, count));
        }

        return (type, dimensions);
    }
}
