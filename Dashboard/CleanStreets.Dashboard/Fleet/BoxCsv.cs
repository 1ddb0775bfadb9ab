using CleanStreets.Contracts;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>Reads a list of boxes: <c>deviceId,truckId</c> a line; a heading and empty lines are passed over.</summary>
internal static class BoxCsv
{
    private const int MostBoxes = 20_000;

    /// <exception cref="DashboardStartException">It cannot be read, a line is wrong, or a box or truck stands there twice; the line is named.</exception>
    public static IReadOnlyList<(DeviceId Device, TruckId? Truck)> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new DashboardStartException($"{path} cannot be read: {ex.Message}", ex);
        }

        var boxes = new List<(DeviceId, TruckId?)>();
        var (devices, trucks) = (new HashSet<DeviceId>(), new HashSet<TruckId>());
        for (var i = 0; i < lines.Length; i++)
        {
            var parts = lines[i].Split(',', StringSplitOptions.TrimEntries);
            if (lines[i].Trim().Length == 0 || (i == 0 && string.Equals(parts[0].TrimStart('\uFEFF'), "deviceId", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            TruckId truck = default;
            var hasTruck = parts.Length > 1 && parts[1].Length > 0;
            if (!DeviceId.TryCreate(parts[0], out var device) || (hasTruck && !TruckId.TryCreate(parts[1], out truck)))
            {
                throw new DashboardStartException($"{path}, line {i + 1}: '{lines[i]}' is not deviceId,truckId (1 to 64 letters, digits, '.', '_' or '-' each).");
            }

            if (!devices.Add(device) || (hasTruck && !trucks.Add(truck)))
            {
                throw new DashboardStartException($"{path}, line {i + 1}: '{lines[i]}' names a box or a truck for the second time.");
            }

            boxes.Add((device, hasTruck ? truck : null));
        }

        return boxes.Count is > 0 and <= MostBoxes ? boxes : throw new DashboardStartException($"{path} names {boxes.Count} boxes: 1 to {MostBoxes} can be made codes for at once.");
    }
}
