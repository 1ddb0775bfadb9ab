namespace CleanStreets.Edge.Tests.Support;

/// <summary>Finds a JPEG that lies in the clear among other bytes.</summary>
internal static class JpegTrace
{
    /// <summary>Whether a JPEG begins anywhere: its first three bytes, which alone stand in one of a few hundred sealed files by chance, and any segment that comes first.</summary>
    public static bool IsIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var segment in (ReadOnlySpan<byte>)[0xC0, 0xDB, 0xE0, 0xFE])
        {
            if (bytes.IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF, segment]) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
