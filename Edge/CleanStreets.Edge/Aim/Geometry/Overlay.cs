using System.Globalization;
using System.Text;
using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Aim.Geometry;

/// <summary>Draws what a camera judges of the street over its picture, as SVG in pixels of the picture: horizon, footprint left and right with distances, kerbs, the truck's own body, marks.</summary>
/// <remarks>The page and the acceptance sheet show the same drawing. It holds numbers and fixed words only, and no styles, which the page's content policy would refuse.</remarks>
internal sealed class Overlay
{
    // Blue and orange: told apart in bright sun and by colour-blind people, and the words stand beside them.
    private const string Left = "#0a84ff", Right = "#ff9500", Horizon = "#ff2d95", Good = "#12a150", Bad = "#e5202b";

    private const int Columns = 128;
    private const int Rows = 96;

    private readonly StringBuilder _svg = new();
    private readonly AimDraft _draft;
    private readonly GroundPlane _plane;
    private readonly RegionOfInterest _region;
    private readonly double _unit;

    private Overlay(AimDraft draft)
    {
        (_draft, _region) = (draft, draft.Mounting.Region);
        _plane = new GroundPlane(draft.Mounting, draft.Width, draft.Height);
        _unit = draft.Width / 400.0; // A pixel of a phone that shows the whole picture.
    }

    /// <summary>The drawing: the inside of an <c>svg</c> element whose view box is the picture.</summary>
    public static string Of(AimDraft draft)
    {
        var overlay = new Overlay(draft);
        overlay.Area(isLeft: true);
        overlay.Area(isLeft: false);
        overlay.Body();
        overlay.Distances();
        overlay.Kerbs();
        overlay.HorizonLine();
        overlay.Marks();
        return overlay._svg.ToString();
    }

    /// <summary>The footprint on one side, column by column.</summary>
    private void Area(bool isLeft)
    {
        var path = new StringBuilder();
        var (cellWidth, cellHeight) = (_draft.Width / (double)Columns, _draft.Height / (double)Rows);
        for (var column = 0; column < Columns; column++)
        {
            var x = (column + 0.5) * cellWidth;
            var from = -1.0;
            for (var row = 0; row <= Rows; row++)
            {
                var isIn = row < Rows && IsSeen(x, (row + 0.5) * cellHeight, isLeft);
                if (isIn && from < 0)
                {
                    from = row == 0 ? 0 : Edge(x, (row - 0.5) * cellHeight, (row + 0.5) * cellHeight, isLeft);
                }
                else if (!isIn && from >= 0)
                {
                    var to = row == Rows ? _draft.Height : Edge(x, (row + 0.5) * cellHeight, (row - 0.5) * cellHeight, isLeft);
                    path.Append(CultureInfo.InvariantCulture, $"M{column * cellWidth:0.#} {from:0.#}H{(column + 1) * cellWidth:0.#}V{to:0.#}H{column * cellWidth:0.#}Z");
                    from = -1;
                }
            }
        }

        _svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"{(isLeft ? Left : Right)}\" fill-opacity=\"0.28\" shape-rendering=\"crispEdges\"/>");
    }

    private bool IsSeen(double x, double y, bool isLeft) =>
        _region.Holds(x / _draft.Width, y / _draft.Height) && _plane.ToGround(x, y) is { } point
        && point.DistanceMetres <= _region.MaxDistanceMetres && Math.Abs(point.RightMetres) <= _region.MaxSideMetres && point.RightMetres < 0 == isLeft;

    /// <summary>Where between a row outside and a row inside the footprint begins.</summary>
    private double Edge(double x, double outside, double inside, bool isLeft)
    {
        for (var halving = 0; halving < 6; halving++)
        {
            var middle = (outside + inside) / 2;
            (outside, inside) = IsSeen(x, middle, isLeft) ? (outside, middle) : (middle, inside);
        }

        return (outside + inside) / 2;
    }

    private void Body()
    {
        if (_region.Polygon.Count == 0)
        {
            return;
        }

        var corners = string.Join('L', _region.Polygon.Select(corner => string.Create(CultureInfo.InvariantCulture, $"{corner[0] * _draft.Width:0.#} {corner[1] * _draft.Height:0.#}")));
        _svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M0 0H{_draft.Width}V{_draft.Height}H0ZM{corners}Z\" fill-rule=\"evenodd\" fill=\"#000\" fill-opacity=\"0.55\"/>")
            .Append(CultureInfo.InvariantCulture, $"<path d=\"M{corners}Z\" fill=\"none\" stroke=\"#fff\" stroke-width=\"{_unit:0.##}\" stroke-dasharray=\"{4 * _unit:0.##} {3 * _unit:0.##}\"/>");
        if (_region.Polygon.Max(corner => corner[1]) is < 0.97 and var lower)
        {
            Text("own truck", _draft.Width / 2.0, ((1 + lower) / 2 * _draft.Height) + (4 * _unit), "#fff", 10);
        }
    }

    /// <summary>Arcs around the point under the lens, every two metres.</summary>
    private void Distances()
    {
        var lastLabel = double.PositiveInfinity;
        for (var metres = 2.0; metres <= _region.MaxDistanceMetres + 0.01; metres += metres < 12 ? 2 : 6)
        {
            var (path, label) = (new StringBuilder(), ((double X, double Y)?)null);
            var isDrawing = false;
            for (var degrees = -90.0; degrees <= 90; degrees += 1.5)
            {
                var (sin, cos) = Math.SinCos(double.DegreesToRadians(degrees + _draft.Mounting.YawDegrees));
                var (ahead, right) = (_draft.Mounting.AheadMetres + (metres * cos), _draft.Mounting.RightMetres + (metres * sin));
                if (Math.Abs(right) > _region.MaxSideMetres || _plane.ToPicture(ahead, right) is not var (x, y) || x < 0 || x > _draft.Width || y < 0 || y > _draft.Height)
                {
                    isDrawing = false;
                    continue;
                }

                path.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{x:0.#} {y:0.#}");
                isDrawing = true;
                label = label is { } best && Math.Abs(best.X - (_draft.Width / 2.0)) <= Math.Abs(x - (_draft.Width / 2.0)) ? label : (x, y);
            }

            Line(path.ToString(), "#fff", 1, "#000");
            if (label is var (labelX, labelY) && lastLabel - labelY > 13 * _unit) // Far away they would lie on each other.
            {
                lastLabel = labelY;
                Text(string.Create(CultureInfo.InvariantCulture, $"{metres:0} m"), labelX, labelY - (2 * _unit), "#fff", 11);
            }
        }
    }

    private void Kerbs()
    {
        foreach (var kerb in _draft.KerbViews())
        {
            var isGood = kerb.LengthMetres >= _draft.FrameMetres;
            var right = kerb.IsLeft ? -kerb.KerbMetres : kerb.KerbMetres;
            var (path, last) = (new StringBuilder(), ((double X, double Y)?)null);
            var (from, to) = kerb.LengthMetres > 0 ? (kerb.FromMetres, kerb.ToMetres) : (_draft.Mounting.AheadMetres, _draft.Mounting.AheadMetres + _region.MaxDistanceMetres);
            for (var ahead = from; ahead <= to + 0.01; ahead += 0.25)
            {
                if (_plane.ToPicture(ahead, right) is var (x, y) && Math.Abs(x) < _draft.Width * 4 && Math.Abs(y) < _draft.Height * 4)
                {
                    path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{x:0.#} {y:0.#}");
                    last = x >= 0 && x <= _draft.Width && y >= 0 && y <= _draft.Height && last is null ? (x, y) : last;
                }
            }

            Line(path.ToString(), isGood ? Good : Bad, 3, "#fff");
            if (last is var (textX, textY))
            {
                var half = 38 * _unit;
                Text(kerb.IsLeft ? "left kerb" : "right kerb", Math.Clamp(textX, half, _draft.Width - half), Math.Clamp(textY - (6 * _unit), 14 * _unit, _draft.Height - (6 * _unit)), isGood ? Good : Bad, 12);
            }
        }
    }

    private void HorizonLine()
    {
        var (left, right) = (_plane.HorizonAt(0), _plane.HorizonAt(_draft.Width));
        Line(string.Create(CultureInfo.InvariantCulture, $"M0 {left:0.#}L{_draft.Width} {right:0.#}"), Horizon, 2.5, "#fff");
        if (_plane.HorizonRow is var row && row > 0 && row < _draft.Height)
        {
            Text("horizon", _draft.Width - (30 * _unit), Math.Max(right - (5 * _unit), 12 * _unit), Horizon, 12);
        }
    }

    private void Marks()
    {
        foreach (var mark in _draft.Marks)
        {
            var (x, y) = (mark.X * _draft.Width, mark.Y * _draft.Height);
            var arm = 9 * _unit;
            Line(string.Create(CultureInfo.InvariantCulture, $"M{x - arm:0.#} {y:0.#}H{x + arm:0.#}M{x:0.#} {y - arm:0.#}V{y + arm:0.#}"), "#ff0", 2, "#000");
            Text(mark.DistanceMetres is { } metres ? string.Create(CultureInfo.InvariantCulture, $"{metres:0.#} m") : "horizon", Math.Clamp(x, 24 * _unit, _draft.Width - (24 * _unit)), y + arm + (10 * _unit), "#ff0", 11);
        }
    }

    /// <summary>A line on a wider one of another colour: seen on bright and dark ground alike.</summary>
    private void Line(string path, string colour, double thickness, string casing) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"none\" stroke=\"{casing}\" stroke-width=\"{(thickness + 2) * _unit:0.##}\" stroke-opacity=\"0.6\"/>")
            .Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{thickness * _unit:0.##}\"/>");

    private void Text(string text, double x, double y, string colour, double size) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" font-size=\"{size * _unit:0.#}\" font-weight=\"700\" font-family=\"sans-serif\" text-anchor=\"middle\" fill=\"{colour}\" stroke=\"{(colour is "#fff" or "#ff0" ? "#000" : "#fff")}\" stroke-width=\"{2.5 * _unit:0.##}\" paint-order=\"stroke\" stroke-linejoin=\"round\">{text}</text>");
}
