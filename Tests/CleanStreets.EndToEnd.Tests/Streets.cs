using System.Text.Json;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>A street segment as the read API shows it: id and its line of longitude, latitude.</summary>
internal sealed record Street(string Id, bool OneWay, IReadOnlyList<(double Longitude, double Latitude)> Line)
{
    public static IReadOnlyList<Street> Read(string geoJson)
    {
        using var document = JsonDocument.Parse(geoJson);
        return [.. document.RootElement.GetProperty("features").EnumerateArray().Select(Of)];
    }

    /// <summary>A drive over several streets in a row, as positions a second apart.</summary>
    public static IReadOnlyList<(double Longitude, double Latitude)> Drive(IReadOnlyList<Street> all, int streets, double metresASecond)
    {
        foreach (var start in all)
        {
            if (Extend([start], all, streets) is { } route)
            {
                return Sample([.. route.SelectMany((street, i) => i == 0 ? street.Line : street.Line.Skip(1))], metresASecond);
            }
        }

        throw new InvalidOperationException($"No drive over {streets} streets end to end in this network.");
    }

    private static List<Street>? Extend(List<Street> route, IReadOnlyList<Street> all, int streets)
    {
        if (route.Count == streets)
        {
            return route;
        }

        var next = all.FirstOrDefault(street => !route.Contains(street) && street.Line[0] == route[^1].Line[^1] && street.Line[^1] != route[^1].Line[0]);
        return next is null ? null : Extend([.. route, next], all, streets);
    }

    private static List<(double Longitude, double Latitude)> Sample(List<(double Longitude, double Latitude)> line, double step)
    {
        List<(double, double)> points = [line[0]];
        var left = step;
        for (var i = 1; i < line.Count; i++)
        {
            var (from, to) = (line[i - 1], line[i]);
            var length = Metres(from, to);
            for (; left <= length; left += step)
            {
                var share = left / length;
                points.Add((from.Longitude + ((to.Longitude - from.Longitude) * share), from.Latitude + ((to.Latitude - from.Latitude) * share)));
            }

            left -= length;
        }

        return points;
    }

    private static double Metres((double Longitude, double Latitude) from, (double Longitude, double Latitude) to)
    {
        const double MetresPerDegree = 111_320;
        var east = (to.Longitude - from.Longitude) * MetresPerDegree * Math.Cos(from.Latitude * Math.PI / 180);
        var north = (to.Latitude - from.Latitude) * MetresPerDegree;
        return Math.Sqrt((east * east) + (north * north));
    }

    private static Street Of(JsonElement feature)
    {
        var properties = feature.GetProperty("properties");
        return new Street(
            properties.GetProperty("segmentId").GetString()!,
            properties.GetProperty("oneWay").GetBoolean(),
            [.. feature.GetProperty("geometry").GetProperty("coordinates").EnumerateArray().Select(point => (point[0].GetDouble(), point[1].GetDouble()))]);
    }
}
