namespace CleanStreets.Scoring.Streets;

/// <summary>One street between two junctions of the plan, junctions counted in columns and rows.</summary>
internal sealed record CityLink((double Column, double Row) From, (double Column, double Row) To, string Name, string Class)
{
    public bool OneWay { get; set; }
}

/// <summary>The plan of a generated city: which junctions are joined, what the streets are called, and how they bend.</summary>
internal sealed class CityPlan
{
    private const int Columns = 16;
    private const int Rows = 13;
    private const int RiverRow = 5;
    private const int ShareLeftOut = 14;

    private readonly double[] _eastOf;
    private readonly double[] _northOf;
    private readonly CityBend _bend;
    private readonly int _parkColumn;
    private readonly int _parkRow;
    private readonly Random _random;
    private readonly CityNames _names;

    public CityPlan(Random random)
    {
        _random = random;
        _eastOf = Steps(Columns, 85, 190);
        _northOf = Steps(Rows, 70, 150);
        _bend = new CityBend(random, _eastOf[^1], _northOf[^1]);
        _names = new CityNames(random);
        (_parkColumn, _parkRow) = (random.Next(3, Columns - 6), random.Next(RiverRow + 2, Rows - 4));
        LayAvenues();
        LayStreets();
        LayDiagonal();
        LeaveOut();
        LayLanes();
        CityTraffic.MakeOneWays(Links, random);
    }

    public List<CityLink> Links { get; } = [];

    /// <summary>The bent line of a link, in metres from the city's centre.</summary>
    public IEnumerable<PlanePoint> Line(CityLink link)
    {
        var from = Flat(link.From);
        var to = Flat(link.To);
        var pieces = Math.Max(1, (int)Math.Round(Math.Sqrt(((to.X - from.X) * (to.X - from.X)) + ((to.Y - from.Y) * (to.Y - from.Y))) / 30));
        for (var i = 0; i <= pieces; i++)
        {
            var share = (double)i / pieces;
            yield return _bend.Of(new PlanePoint(from.X + (share * (to.X - from.X)), from.Y + (share * (to.Y - from.Y))));
        }
    }

    private double[] Steps(int count, double least, double most)
    {
        var at = new double[count];
        for (var i = 1; i < count; i++)
        {
            at[i] = at[i - 1] + least + (_random.NextDouble() * (most - least));
        }

        return at;
    }

    private PlanePoint Flat((double Column, double Row) junction) => new(Between(_eastOf, junction.Column), Between(_northOf, junction.Row));

    private static double Between(double[] at, double position)
    {
        var below = Math.Min((int)position, at.Length - 2);
        return at[below] + ((position - below) * (at[below + 1] - at[below]));
    }

    private bool InPark(double column, double row) =>
        column >= _parkColumn && column <= _parkColumn + 2 && row >= _parkRow && row <= _parkRow + 1;

    /// <summary>Avenues run north; only every fourth crosses the river.</summary>
    private void LayAvenues()
    {
        for (var column = 0; column < Columns; column++)
        {
            var name = _names.Next("Avenue");
            for (var row = 0; row < Rows - 1; row++)
            {
                if (row != RiverRow || column % 4 == 1)
                {
                    Join((column, row), (column, row + 1), name, column % 4 == 1 ? "secondary" : "residential");
                }
            }
        }
    }

    private void LayStreets()
    {
        for (var row = 0; row < Rows; row++)
        {
            var name = row is RiverRow or RiverRow + 1 ? _names.Next("Embankment") : _names.Next("Street");
            for (var column = 0; column < Columns - 1; column++)
            {
                Join((column, row), (column + 1, row), name, row % 5 == 2 ? "tertiary" : "residential");
            }
        }
    }

    private void LayDiagonal()
    {
        var name = _names.Next("Boulevard");
        for (int row = 0, column = _random.Next(1, 5); row < RiverRow; row++, column++)
        {
            Join((column, row), (column + 1, row + 1), name, "primary");
        }
    }

    private void Join((double Column, double Row) from, (double Column, double Row) to, string name, string roadClass)
    {
        if (!InPark(from.Column, from.Row) && !InPark(to.Column, to.Row))
        {
            Links.Add(new CityLink(from, to, name, roadClass));
        }
    }

    /// <summary>Leaves out a few residential links, so that some blocks are twice as long, where the city still hangs together.</summary>
    private void LeaveOut()
    {
        for (var tries = 0; tries < ShareLeftOut; tries++)
        {
            var at = _random.Next(Links.Count);
            var link = Links[at];
            if (link.Class == "residential" && CityTraffic.HangsTogether(Links.Where(other => other != link)))
            {
                Links.RemoveAt(at);
            }
        }
    }

    /// <summary>Short dead ends that leave a junction into the block beside it.</summary>
    private void LayLanes()
    {
        for (var i = 0; i < 12; i++)
        {
            var (column, row) = Links[_random.Next(Links.Count)].From;
            var (east, north) = (column + 0.45, row + 0.35);
            if (column < Columns - 1 && row < Rows - 1 && row != RiverRow && !Links.Exists(link => link.To == (east, north)))
            {
                Links.Add(new CityLink((column, row), (east, north), _names.Next("Lane"), "living_street"));
            }
        }
    }
}
