using System.Text.Json.Serialization;
using CleanStreets.Edge.Aim.Sheet;
using CleanStreets.Edge.Doctor;

namespace CleanStreets.Edge.Aim;

/// <summary>All that the page shows, at one moment.</summary>
internal sealed record AimState
{
    /// <summary>The truck; empty when nobody said it.</summary>
    public required string Truck { get; init; }

    /// <summary>The camera.</summary>
    public required string Camera { get; init; }

    /// <summary>The picture.</summary>
    public required PictureState Picture { get; init; }

    /// <summary>What is set.</summary>
    public required MountingState Mounting { get; init; }

    /// <summary>The drawing over the picture: the inside of an <c>svg</c>.</summary>
    public required string Overlay { get; init; }

    /// <summary>The checks, a line each.</summary>
    public required IReadOnlyList<CheckState> Checks { get; init; }

    /// <summary>Whether none of them failed.</summary>
    public required bool IsRight { get; init; }

    /// <summary>The marks.</summary>
    public required IReadOnlyList<MarkState> Marks { get; init; }

    /// <summary>What they tell; absent: nothing.</summary>
    public MeasuredState? Measured { get; init; }

    /// <summary>The sheet of the last acceptance; absent before it.</summary>
    public SheetState? Sheet { get; init; }
}

/// <summary>The picture that the page may show.</summary>
/// <param name="Number">Changes with every frame; 0 before the first.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Withheld">Why it is not shown, in words; absent when it is.</param>
/// <param name="AgeSeconds">How old it is; absent before the first.</param>
internal sealed record PictureState(long Number, int Width, int Height, string? Withheld = null, double? AgeSeconds = null);

/// <summary>What is set of the mounting. <c>BodyBelow</c> is where the truck's own body begins, a share of the picture's height; absent: it has a shape that the camera's file gives.</summary>
internal sealed record MountingState(
    double HeightMetres, double PitchDegrees, double RollDegrees, double YawDegrees, double RightMetres, double HorizontalFieldOfViewDegrees, double LeftKerbMetres, double RightKerbMetres, double? BodyBelow = null);

/// <summary>One check.</summary>
internal sealed record CheckState(string Part, Verdict Verdict, string Said, string? Fix = null);

/// <summary>One mark, and where it is by what is set.</summary>
internal sealed record MarkState(double X, double Y, double? DistanceMetres = null, double? ComputedMetres = null);

/// <summary>What the marks tell.</summary>
internal sealed record MeasuredState(
    double PitchDegrees, double PitchWithinDegrees, double HeightMetres, double HeightWithinMetres, bool IsHeightMeasured, double RollDegrees, bool IsRollMeasured, double ResidualPixels);

/// <summary>Whether the phone was let in already.</summary>
internal sealed record DoorState(bool IsIn);

/// <summary>The last acceptance.</summary>
/// <param name="CalibrationId">Its name.</param>
/// <param name="IsInForce">Whether nothing was changed since.</param>
/// <param name="Next">What to do now, in words.</param>
internal sealed record SheetState(string CalibrationId, bool IsInForce, string Next);

/// <summary>Why something was not done, in a sentence.</summary>
internal sealed record AimFault(string Error, int? WaitSeconds = null);

/// <summary>The JSON between page and box.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AimState))]
[JsonSerializable(typeof(AimFault))]
[JsonSerializable(typeof(DoorState))]
[JsonSerializable(typeof(MountingWish))]
[JsonSerializable(typeof(MarkWish))]
[JsonSerializable(typeof(CodeWish))]
[JsonSerializable(typeof(AcceptWish))]
[JsonSerializable(typeof(AcceptanceSheet))]
internal sealed partial class AimJson : JsonSerializerContext;
