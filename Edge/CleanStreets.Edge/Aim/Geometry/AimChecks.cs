using System.Globalization;
using CleanStreets.Edge.Doctor;
using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Aim.Geometry;

/// <summary>Whether the camera looks where it should, and whether that is known: the checks that need no camera, only numbers.</summary>
internal static class AimChecks
{
    /// <summary>A mark may be off by this much of its distance, and by this many metres when it is near.</summary>
    public const double MarkShare = 0.05, MarkMetres = 0.3;

    /// <summary>The horizon may be off by this many degrees.</summary>
    public const double HorizonDegrees = 1;

    /// <summary>A line each for horizon, the kerbs of this camera, and the measuring.</summary>
    /// <param name="draft">What is set.</param>
    /// <param name="hasMoved">Whether the camera has moved since the marks were set.</param>
    public static IReadOnlyList<Diagnosis> Of(AimDraft draft, bool hasMoved = false)
    {
        var kerbs = draft.KerbViews();
        var advice = AimAdvice.IsRight(draft) ? "" : AimAdvice.For(draft);
        return [Horizon(draft, advice), .. kerbs.Select(kerb => Kerb(kerb, draft, advice)), .. kerbs.Count == 0 ? (Diagnosis[])[NoKerb] : [], Measured(draft, hasMoved)];
    }

    private static Diagnosis NoKerb { get; } = Diagnosis.Fail("kerb", "this camera is there for no kerb", "give the distance of at least one kerb under Adjust");

    private static Diagnosis Horizon(AimDraft draft, string advice)
    {
        var share = draft.HorizonShare;
        var said = share >= 0 ? string.Create(CultureInfo.InvariantCulture, $"horizon {share * 100:0} % from the top of the picture") : string.Create(CultureInfo.InvariantCulture, $"horizon above the picture, by {-share * 100:0} % of its height");
        return AimAdvice.IsHorizonRight(draft) ? Diagnosis.Ok("horizon", said)
            : Diagnosis.Fail("horizon", share > AimAdvice.LowestHorizon ? $"{said}: too much sky, too little street" : $"{said}: it looks at its own feet", advice);
    }

    private static Diagnosis Kerb(KerbView kerb, AimDraft draft, string advice)
    {
        var part = kerb.IsLeft ? "left" : "right";
        var place = string.Create(CultureInfo.InvariantCulture, $"{part} kerb, {kerb.KerbMetres:0.0} m from the truck's middle");
        if (kerb.LengthMetres >= draft.FrameMetres)
        {
            return Diagnosis.Ok(part, string.Create(CultureInfo.InvariantCulture, $"{place}: seen from {kerb.FromMetres:0.0} to {kerb.ToMetres:0.0} m ahead"));
        }

        var seen = kerb.LengthMetres > 0 ? string.Create(CultureInfo.InvariantCulture, $"only {kerb.LengthMetres:0.0} m of it seen") : "not seen";
        var fix = kerb.Lost switch
        {
            KerbLoss.OutOfRegion => string.Create(CultureInfo.InvariantCulture, $"the region that is judged ends {draft.Mounting.Region.MaxSideMetres:0.#} m to the side: set region.maxSideMetres in the camera's file higher, or the kerb nearer under Adjust"),
            KerbLoss.OwnTruck => "the truck's own body covers it: move the body's edge under Adjust, or mount the camera farther out",
            _ => advice,
        };
        return Diagnosis.Fail(part, string.Create(CultureInfo.InvariantCulture, $"{place}: {seen}, wanted {draft.FrameMetres:0.0} m{Lost(kerb.Lost)}"), fix);
    }

    private static string Lost(KerbLoss lost) => lost switch
    {
        KerbLoss.BelowPicture => "; it lies below the picture",
        KerbLoss.AbovePicture => "; it lies above the picture",
        KerbLoss.LeftOfPicture => "; it lies left of the picture",
        KerbLoss.RightOfPicture => "; it lies right of the picture",
        KerbLoss.OwnTruck => "; the truck's own body is in the way",
        KerbLoss.OutOfRegion => "; it is out of the region that is judged",
        _ => "; it is too far away",
    };

    private static Diagnosis Measured(AimDraft draft, bool hasMoved)
    {
        const string Part = "measured";
        if (!draft.Marks.Any(mark => mark.DistanceMetres is not null))
        {
            return Diagnosis.Fail(Part, "height and pitch are not measured", "stand a cone 5 m and another 10 m ahead of the lens and tap their feet under Measure");
        }

        if (hasMoved)
        {
            return Diagnosis.Fail(Part, "the camera or the truck has moved since the marks were set", "clear the marks under Measure and tap them again");
        }

        if (draft.Measured() is not { } fit)
        {
            return Diagnosis.Fail(Part, "no camera could see the marks like this", "clear the marks, measure their distances from under the lens, and tap where they touch the street");
        }

        var off = draft.Marks.Select(mark => Off(mark, draft)).Where(text => text is not null).ToList();
        if (off.Count == 0)
        {
            return Diagnosis.Ok(Part, string.Create(CultureInfo.InvariantCulture, $"pitch {draft.Mounting.PitchDegrees:0.0}°, height {draft.Mounting.HeightMetres:0.00} m agree with {draft.Marks.Count} mark{(draft.Marks.Count == 1 ? "" : "s")}"));
        }

        var agrees = draft with { Mounting = draft.Mounting with { PitchDegrees = fit.PitchDegrees, HeightMetres = fit.HeightMetres, RollDegrees = fit.RollDegrees } };
        return Diagnosis.Fail(
            Part,
            $"not as set: {string.Join("; ", off)}",
            agrees.Marks.All(mark => Off(mark, agrees) is null)
                ? string.Create(CultureInfo.InvariantCulture, $"press “Use measured” under Measure: pitch {fit.PitchDegrees:0.0}°, height {fit.HeightMetres:0.00} m")
                : "the marks contradict each other: check the tape, the field of view under Adjust, and that the street is level there; clear the wrong mark");
    }

    /// <summary>What is wrong with a mark by what is set; null: it agrees.</summary>
    private static string? Off(Mark mark, AimDraft draft)
    {
        if (mark.DistanceMetres is not { } metres)
        {
            var degrees = double.RadiansToDegrees(new GroundPlane(draft.Mounting, draft.Width, draft.Height).Depression(mark.X * draft.Width, mark.Y * draft.Height));
            return Math.Abs(degrees) <= HorizonDegrees ? null : string.Create(CultureInfo.InvariantCulture, $"the horizon is {Math.Abs(degrees):0.0}° {(degrees > 0 ? "lower" : "higher")}");
        }

        return MarkFit.DistanceOf(mark, draft.Mounting, draft.Width, draft.Height) is not { } computed || computed > Mark.FarthestMetres * 10
            ? string.Create(CultureInfo.InvariantCulture, $"the mark at {metres:0.0} m lies in the sky")
            : Math.Abs(computed - metres) <= Math.Max(MarkMetres, metres * MarkShare) ? null
            : string.Create(CultureInfo.InvariantCulture, $"the mark at {metres:0.0} m comes out at {computed:0.0} m");
    }
}
