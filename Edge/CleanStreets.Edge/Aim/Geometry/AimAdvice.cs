using System.Globalization;

namespace CleanStreets.Edge.Aim.Geometry;

/// <summary>Finds the smallest turn of the camera that makes its aim right.</summary>
internal static class AimAdvice
{
    /// <summary>Highest and lowest that the horizon may stand, shares of the picture's height from its top: lower, and half of the picture is sky; higher, and it looks at its own feet.</summary>
    public const double HighestHorizon = -1, LowestHorizon = 0.45;

    private const int MostPitchDegrees = 40;
    private const int MostYawDegrees = 60;
    private const int TiltStepDegrees = 4; // Beside a turn: it is measured again anyway.
    private const int YawStepDegrees = 10;

    /// <summary>Whether horizon and kerbs are as they should be.</summary>
    public static bool IsRight(AimDraft draft) => IsHorizonRight(draft) && draft.KerbViews().All(kerb => kerb.LengthMetres >= draft.FrameMetres);

    /// <summary>Whether the horizon stands where it should.</summary>
    public static bool IsHorizonRight(AimDraft draft) => draft.HorizonShare is >= HighestHorizon and <= LowestHorizon;

    /// <summary>What to do, in words: "tilt it 6° down".</summary>
    public static string For(AimDraft draft)
    {
        for (var degrees = 1; degrees <= MostPitchDegrees; degrees++)
        {
            foreach (var turn in (ReadOnlySpan<int>)[degrees, -degrees])
            {
                if (IsRight(Tilted(draft, turn, 0)))
                {
                    return Words(turn, 0);
                }
            }
        }

        for (var yaw = YawStepDegrees; yaw <= MostYawDegrees; yaw += YawStepDegrees)
        {
            foreach (var turn in (ReadOnlySpan<int>)[yaw, -yaw])
            {
                for (var pitch = 0; pitch <= MostPitchDegrees; pitch += TiltStepDegrees)
                {
                    foreach (var tilt in pitch == 0 ? (ReadOnlySpan<int>)[0] : [pitch, -pitch])
                    {
                        if (IsRight(Tilted(draft, tilt, turn)))
                        {
                            return Words(tilt, turn);
                        }
                    }
                }
            }
        }

        return "no turn of it is enough: mount it higher or farther out, take a wider lens, or check the distances of the kerbs under Adjust";
    }

    /// <summary>The same camera, turned; which kerbs are its own does not change with that.</summary>
    private static AimDraft Tilted(AimDraft draft, int pitch, int yaw) => draft with
    {
        Mounting = draft.Mounting with { PitchDegrees = Math.Clamp(draft.Mounting.PitchDegrees + pitch, -20, 90), YawDegrees = draft.Mounting.YawDegrees + yaw },
        Kerbs = draft.Kerbs with { LeftMetres = draft.Kerbs.Of(isLeft: true, draft.Mounting.YawDegrees), RightMetres = draft.Kerbs.Of(isLeft: false, draft.Mounting.YawDegrees) },
    };

    private static string Words(int pitch, int yaw)
    {
        var tilt = pitch == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"tilt it {Math.Abs(pitch)}° {(pitch > 0 ? "down" : "up")}");
        var turn = yaw == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"turn it {Math.Abs(yaw)}° to the {(yaw > 0 ? "right" : "left")}");
        return $"{turn}{(turn.Length > 0 && tilt.Length > 0 ? " and " : "")}{tilt}, then measure again";
    }
}
