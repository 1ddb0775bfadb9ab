namespace CleanStreets.Scoring.Streets;

/// <summary>Makes some streets of a plan one-way and sees to it that every street can still be driven to from every other.</summary>
internal static class CityTraffic
{
    /// <summary>Makes about a quarter of the residential streets one-way, each street whole, except links that must stay both ways.</summary>
    public static void MakeOneWays(List<CityLink> links, Random random)
    {
        var names = links.Where(link => link.Class == "residential").Select(link => link.Name).Distinct(StringComparer.Ordinal).ToArray();
        random.Shuffle(names);
        foreach (var name in names.Take(names.Length / 4))
        {
            var against = random.Next(2) == 1;
            for (var i = 0; i < links.Count; i++)
            {
                if (links[i].Name == name)
                {
                    MakeOneWay(links, i, against);
                }
            }
        }
    }

    /// <summary>Whether every junction can be driven to from every other.</summary>
    public static bool HangsTogether(IEnumerable<CityLink> links)
    {
        var ahead = new Dictionary<(double, double), List<(double, double)>>();
        var behind = new Dictionary<(double, double), List<(double, double)>>();
        foreach (var link in links)
        {
            Add(link.From, link.To);
            if (link.OneWay)
            {
                Touch(link.To);
            }
            else
            {
                Add(link.To, link.From);
            }
        }

        return Reached(ahead) == ahead.Count && Reached(behind) == behind.Count;

        void Add((double, double) from, (double, double) to)
        {
            Touch(from);
            Touch(to);
            ahead[from].Add(to);
            behind[to].Add(from);
        }

        void Touch((double, double) junction)
        {
            ahead.TryAdd(junction, []);
            behind.TryAdd(junction, []);
        }
    }

    private static void MakeOneWay(List<CityLink> links, int at, bool against)
    {
        var link = links[at];
        links[at] = (against ? link with { From = link.To, To = link.From } : link) with { OneWay = true };
        if (!HangsTogether(links))
        {
            links[at] = link;
        }
    }

    private static int Reached(Dictionary<(double, double), List<(double, double)>> neighbours)
    {
        var start = neighbours.Keys.First();
        var seen = new HashSet<(double, double)> { start };
        var open = new Stack<(double, double)>([start]);
        while (open.TryPop(out var junction))
        {
            foreach (var neighbour in neighbours[junction].Where(seen.Add))
            {
                open.Push(neighbour);
            }
        }

        return seen.Count;
    }
}
