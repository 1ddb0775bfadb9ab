namespace CleanStreets.Edge.Vision.Runtime;

/// <summary>
/// Places of the functions we call in ONNX Runtime's table <c>OrtApi</c> (<c>onnxruntime_c_api.h</c>). The table is the library's stable
/// interface: it only ever grows at its end, so a number here means the same function in every version.
/// </summary>
internal enum OrtCall
{
    GetErrorMessage = 2,
    CreateEnv = 3,
    CreateSession = 7,
    Run = 9,
    CreateSessionOptions = 10,
    SetIntraOpNumThreads = 24,
    SetInterOpNumThreads = 25,
    SessionGetInputCount = 30,
    SessionGetOutputCount = 31,
    SessionGetInputTypeInfo = 33,
    SessionGetInputName = 36,
    SessionGetOutputName = 37,
    CreateTensorWithDataAsOrtValue = 49,
    GetTensorMutableData = 51,
    CastTypeInfoToTensorInfo = 55,
    GetTensorElementType = 60,
    GetDimensionsCount = 61,
    GetDimensions = 62,
    GetTensorTypeAndShape = 65,
    CreateCpuMemoryInfo = 69,
    AllocatorFree = 76,
    GetAllocatorWithDefaultOptions = 78,
    ReleaseEnv = 92,
    ReleaseStatus = 93,
    ReleaseMemoryInfo = 94,
    ReleaseSession = 95,
    ReleaseValue = 96,
    ReleaseTypeInfo = 98,
    ReleaseTensorTypeAndShapeInfo = 99,
    ReleaseSessionOptions = 100,
    SessionGetModelMetadata = 111,
    ModelMetadataLookupCustomMetadataMap = 116,
    ReleaseModelMetadata = 118,
    AddSessionConfigEntry = 130,
}
