namespace CleanStreets.Edge.Enroll;

/// <summary>By what a box may stand in a list of many: numbers that its maker or its installation gave it.</summary>
internal static class HardwareIds
{
    private static readonly string[] Sources = ["sys/firmware/devicetree/base/serial-number", "sys/class/dmi/id/product_serial", "sys/class/dmi/id/board_serial", "etc/machine-id"];

    /// <summary>What this box can be called, the best first; what cannot be read is left out.</summary>
    /// <param name="root">Where the system's files are; / but in tests.</param>
    public static IReadOnlyList<string> Of(string root = "/")
    {
        var ids = new List<string>();
        foreach (var source in Sources)
        {
            try
            {
                var path = Path.Combine(root, source);
                var id = File.Exists(path) ? File.ReadAllText(path).Trim('\0', ' ', '\n', '\r', '\t') : "";
                if (id.Length > 0)
                {
                    ids.Add(id);
                }
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
            {
                // Serial numbers of boards are for root only.
            }
        }

        return ids;
    }
}
