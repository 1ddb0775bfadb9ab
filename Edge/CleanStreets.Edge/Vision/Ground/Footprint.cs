using CleanStreets.Edge.Vision.Boxes;

namespace CleanStreets.Edge.Vision.Ground;

/// <summary>How much street was seen.</summary>
/// <param name="LeftSquareMetres">On the vehicle's left.</param>
/// <param name="RightSquareMetres">On the vehicle's right.</param>
/// <param name="Share">Of the whole footprint, 0–1.</param>
internal readonly record struct VisibleStreet(double LeftSquareMetres, double RightSquareMetres, double Share);

/// <summary>The street that a camera judges, as cells of its picture with their square metres.</summary>
/// <remarks>What stands in front of a cell hides it: a parked car takes its street out of the account, so that it proves nothing clean.</remarks>
internal sealed class Footprint
{
    private const int Columns = 64;
    private const int Rows = 48;

    private readonly List<Cell> _cells = [];
    private readonly double _squareMetres;
    private readonly GroundPlane _plane;
    private readonly RegionOfInterest _region;
    private readonly int _width;
    private readonly int _height;

    public Footprint(CameraMounting mounting, int width, int height)
    {
        (_region, _width, _height) = (mounting.Region, width, height);
        _plane = new GroundPlane(mounting, width, height);
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                Add((float)column / Columns, (float)row / Rows);
            }
        }

        _squareMetres = _cells.Sum(cell => cell.SquareMetres);
    }

    /// <summary>All that would be seen with nothing in the way.</summary>
    public double SquareMetres => _squareMetres;

    /// <summary>The place where a thing stands on the street, if it is in the region; null otherwise.</summary>
    /// <param name="box">The thing: its foot is the middle of its lower edge.</param>
    public GroundPoint? FootOf(Box box) =>
        _region.Holds(box.CentreX / _width, box.Bottom / _height) && _plane.ToGround(box.CentreX, box.Bottom) is { } foot && IsInRegion(foot) ? foot : null;

    /// <summary>The street left to be seen.</summary>
    /// <param name="hiding">What stands in the way.</param>
    /// <param name="isBlind">Whether a place of the picture, in shares of width and height, shows nothing (dirt on the lens).</param>
    public VisibleStreet Visible(IReadOnlyList<Box> hiding, Func<double, double, bool>? isBlind = null)
    {
        double left = 0, right = 0;
        foreach (var cell in _cells)
        {
            if (!IsHidden(cell, hiding) && isBlind?.Invoke(cell.X / _width, cell.Y / _height) != true)
            {
                left += cell.IsLeft ? cell.SquareMetres : 0;
                right += cell.IsLeft ? 0 : cell.SquareMetres;
            }
        }

        return new VisibleStreet(left, right, _squareMetres > 0 ? (left + right) / _squareMetres : 0);
    }

    private static bool IsHidden(Cell cell, IReadOnlyList<Box> hiding)
    {
        for (var i = 0; i < hiding.Count; i++)
        {
            var box = hiding[i];
            if (cell.X >= box.Left && cell.X <= box.Right && cell.Y >= box.Top && cell.Y <= box.Bottom)
            {
                return true;
            }
        }

        return false;
    }

    private void Add(float x, float y)
    {
        var (midX, midY) = (x + (0.5f / Columns), y + (0.5f / Rows));
        if (!_region.Holds(midX, midY)
            || _plane.ToGround(midX * _width, midY * _height) is not { } middle || !IsInRegion(middle)
            || Corner(x, y) is not { } a || Corner(x + (1f / Columns), y) is not { } b
            || Corner(x + (1f / Columns), y + (1f / Rows)) is not { } c || Corner(x, y + (1f / Rows)) is not { } d)
        {
            return;
        }

        var area = Math.Abs(Cross(a, b) + Cross(b, c) + Cross(c, d) + Cross(d, a)) / 2;
        _cells.Add(new Cell(midX * _width, midY * _height, area, middle.RightMetres < 0));

        GroundPoint? Corner(float cornerX, float cornerY) => _plane.ToGround(cornerX * _width, cornerY * _height);
    }

    private bool IsInRegion(GroundPoint point) =>
        point.DistanceMetres <= _region.MaxDistanceMetres && Math.Abs(point.RightMetres) <= _region.MaxSideMetres;

    private static double Cross(GroundPoint a, GroundPoint b) => (a.AheadMetres * b.RightMetres) - (b.AheadMetres * a.RightMetres);

    private readonly record struct Cell(float X, float Y, double SquareMetres, bool IsLeft);
}
