using CleanStreets.Edge.Aim.Geometry;
using CleanStreets.Edge.Aim.Look;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Doctor;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Aim;

/// <summary>What the technician works on: the draft of the mounting, the marks, and how it all stands. Any thread.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="file">The camera as its file says.</param>
/// <param name="eye">What the camera shows.</param>
/// <param name="keeper">Where the truck is; null: not looked at.</param>
/// <param name="clock">Time.</param>
internal sealed class AimDesk(AimOptions options, CameraFile file, AimEye eye, PositionKeeper? keeper, TruckClock clock)
{
    // Before the first frame: the shape of most cameras.
    private const int UsualWidth = 1280, UsualHeight = 720;

    // A shift of one cell of 64 is a degree of a usual lens. People who walk by do not shift a picture, and three times in a row not at all.
    private const int FarthestCells = 8;
    private const int TimesInARow = 3;

    private readonly Lock _lock = new();
    private AimDraft _draft = AimDraft.Of(file, UsualWidth, UsualHeight);
    private (AimDraft Draft, bool HasMoved, IReadOnlyList<Diagnosis> Checks, string Overlay, MarkFit? Measured)? _drawn;
    private float[]? _whenMarked;
    private long _compared;
    private int _shifted;

    /// <summary>The draft as it stands.</summary>
    public AimDraft Draft
    {
        get
        {
            lock (_lock)
            {
                return _draft;
            }
        }
    }

    /// <summary>Changes the mounting.</summary>
    /// <exception cref="VisionException">It cannot be so: nothing is changed.</exception>
    public void Set(MountingWish wish)
    {
        lock (_lock)
        {
            var (old, region) = (_draft.Mounting, _draft.Mounting.Region);
            if (wish.BodyBelow is { } below)
            {
                region = region with { Polygon = below is > 0.1 and <= 1 ? Above(below) : throw new VisionException("The truck's own body begins between a tenth of the picture and its lower edge.") };
            }

            var mounting = old with
            {
                HeightMetres = Finite(wish.HeightMetres) ?? old.HeightMetres,
                PitchDegrees = Finite(wish.PitchDegrees) ?? old.PitchDegrees,
                RollDegrees = Finite(wish.RollDegrees) ?? old.RollDegrees,
                YawDegrees = Finite(wish.YawDegrees) ?? old.YawDegrees,
                RightMetres = Finite(wish.RightMetres) ?? old.RightMetres,
                HorizontalFieldOfViewDegrees = Finite(wish.HorizontalFieldOfViewDegrees) ?? old.HorizontalFieldOfViewDegrees,
                Region = region,
            };
            var kerbs = _draft.Kerbs with { LeftMetres = Finite(wish.LeftKerbMetres) ?? _draft.Kerbs.LeftMetres, RightMetres = Finite(wish.RightKerbMetres) ?? _draft.Kerbs.RightMetres };
            _draft = _draft with { Mounting = mounting.Checked(), Kerbs = kerbs.Checked() };
        }
    }

    /// <summary>Sets a mark.</summary>
    /// <exception cref="VisionException">It cannot be.</exception>
    public void Add(MarkWish wish)
    {
        if (!(wish.X is >= 0 and <= 1 && wish.Y is >= 0 and <= 1))
        {
            throw new VisionException("The mark is not in the picture.");
        }

        if (wish.DistanceMetres is { } metres && !(metres is >= Mark.NearestMetres and <= Mark.FarthestMetres))
        {
            throw new VisionException($"A mark is {Mark.NearestMetres:0} to {Mark.FarthestMetres:0} m from under the lens.");
        }

        lock (_lock)
        {
            if (_draft.Marks.Count == Mark.MaxMarks)
            {
                throw new VisionException($"{Mark.MaxMarks} marks are enough: clear some.");
            }

            if (_draft.Marks.Count == 0)
            {
                (_whenMarked, _shifted) = (eye.Latest?.Cells, 0);
            }

            _draft = _draft with { Marks = [.. _draft.Marks, new Mark(wish.X, wish.Y, wish.DistanceMetres)] };
        }
    }

    /// <summary>Takes the newest mark away, or all.</summary>
    public void Remove(bool all)
    {
        lock (_lock)
        {
            _draft = _draft with { Marks = all || _draft.Marks.Count == 0 ? [] : [.. _draft.Marks.Take(_draft.Marks.Count - 1)] };
            _shifted = _draft.Marks.Count == 0 ? 0 : _shifted;
        }
    }

    /// <summary>Sets what was measured.</summary>
    /// <exception cref="VisionException">Nothing was.</exception>
    public void UseMeasured()
    {
        lock (_lock)
        {
            var fit = _draft.Measured() ?? throw new VisionException("Nothing is measured yet: tap marks first.");
            _draft = _draft with
            {
                Mounting = (_draft.Mounting with { PitchDegrees = Math.Round(fit.PitchDegrees, 2), HeightMetres = Math.Round(fit.HeightMetres, 3), RollDegrees = Math.Round(fit.RollDegrees, 2) }).Checked(),
            };
        }
    }

    /// <summary>How it all stands.</summary>
    public AimState Now()
    {
        var picture = eye.Latest;
        double? age = picture is null ? null : clock.GetElapsedTime(picture.Timestamp).TotalSeconds;
        lock (_lock)
        {
            Follow(picture);
            var drawn = Drawn();
            IReadOnlyList<Diagnosis> checks = [.. CameraChecks.Of(file, options, eye), .. drawn.Checks, .. PlaceChecks.Of(keeper, clock)];
            var mounting = _draft.Mounting;
            return new AimState
            {
                Truck = options.Truck,
                Camera = file.CameraId,
                Picture = new PictureState(picture?.Number ?? 0, _draft.Width, _draft.Height, CameraChecks.Withheld(eye), age is { } seconds ? Math.Round(seconds, 1) : null),
                Mounting = new MountingState(
                    mounting.HeightMetres,
                    mounting.PitchDegrees,
                    mounting.RollDegrees,
                    mounting.YawDegrees,
                    mounting.RightMetres,
                    mounting.HorizontalFieldOfViewDegrees,
                    _draft.Kerbs.Of(isLeft: true, mounting.YawDegrees),
                    _draft.Kerbs.Of(isLeft: false, mounting.YawDegrees),
                    BodyBelow(mounting.Region)),
                Overlay = drawn.Overlay,
                Checks = [.. checks.Select(check => new CheckState(check.Part, check.Verdict, check.Said, check.Fix))],
                IsRight = checks.All(check => check.Verdict != Verdict.Fail),
                Marks = [.. _draft.Marks.Select(mark => new MarkState(mark.X, mark.Y, mark.DistanceMetres, MarkFit.DistanceOf(mark, mounting, _draft.Width, _draft.Height)))],
                Measured = drawn.Measured is { } fit
                    ? new MeasuredState(fit.PitchDegrees, fit.PitchWithinDegrees, fit.HeightMetres, fit.HeightWithinMetres, fit.IsHeightMeasured, fit.RollDegrees, fit.IsRollMeasured, fit.ResidualPixels)
                    : null,
            };
        }
    }

    /// <summary>Takes the size of the pictures, and notices a camera that was bent after the marks were set.</summary>
    private void Follow(AimPicture? picture)
    {
        if (picture is null)
        {
            return;
        }

        if ((_draft.Width, _draft.Height) != (picture.Width, picture.Height))
        {
            _draft = _draft with { Width = picture.Width, Height = picture.Height };
        }

        if (_draft.Marks.Count > 0 && _whenMarked is { } then && _compared != picture.Number)
        {
            _compared = picture.Number;
            var isShifted = PictureShift.Between(then, picture.Cells, FarthestCells, FarthestCells).IsAtLeast(1);
            _shifted = _shifted >= TimesInARow ? _shifted : isShifted ? _shifted + 1 : 0; // Once bent, the marks are to be set anew.
        }
    }

    /// <summary>What only the draft decides is worked out once for each.</summary>
    private (AimDraft Draft, bool HasMoved, IReadOnlyList<Diagnosis> Checks, string Overlay, MarkFit? Measured) Drawn()
    {
        var hasMoved = _shifted >= TimesInARow;
        if (_drawn is not { } drawn || !ReferenceEquals(drawn.Draft, _draft) || drawn.HasMoved != hasMoved)
        {
            drawn = (_draft, hasMoved, AimChecks.Of(_draft, hasMoved), Overlay.Of(_draft), _draft.Measured());
            _drawn = drawn;
        }

        return drawn;
    }

    private static IReadOnlyList<double[]> Above(double below) => below >= 1 ? [] : [[0, 0], [1, 0], [1, below], [0, below]];

    private static double? BodyBelow(RegionOfInterest region) => region.Polygon switch
    {
        [] => 1,
        [[0, 0], [1, 0], [1, var right], [0, var left]] when right == left => right,
        _ => null,
    };

    private static double? Finite(double? value) => value is null || double.IsFinite(value.Value) ? value : throw new VisionException("A number is wanted.");
}
