using CleanStreets.Edge.Capture;

namespace CleanStreets.Edge.Detect;

/// <summary>Small letters for pictures: 3 × 5 dots, twice as large. Boxes carry no fonts, and these need none.</summary>
internal static class Glyphs
{
    /// <summary>Height of a line, pixels.</summary>
    public const int Height = 5 * Size;

    private const int Size = 2;
    private const int Advance = 4 * Size;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789._-";

    // Rows from the top, three dots each, as octal-like digits 0–7.
    private static readonly string[] Dots =
    [
        "25755", "65656", "34443", "65556", "74647", "74644", "34553", "55755", "72227", "11152", "55655", "44447", "57755", "65555", "25552", "65644", "25563", "65655",
        "34216", "72222", "55557", "55552", "55775", "55255", "55222", "71247", "25552", "26227", "61247", "61216", "55711", "74616", "34752", "71222", "25252", "25716",
        "00002", "00007", "00700",
    ];

    /// <summary>Writes a text on a black ground, its top left corner at a pixel.</summary>
    public static void Write(Picture picture, string text, int left, int top, (byte Red, byte Green, byte Blue) colour)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var letter = Letters.IndexOf(char.ToLowerInvariant(text[i]), StringComparison.Ordinal);
            for (var y = -1; y <= Height; y++)
            {
                for (var x = -1; x < Advance; x++)
                {
                    var isDot = letter >= 0 && y >= 0 && y < Height && x >= 0 && x < 3 * Size && ((Dots[letter][y / Size] - '0') >> (2 - (x / Size)) & 1) == 1;
                    Drawing.Set(picture, left + (i * Advance) + x, top + y, isDot ? colour : default);
                }
            }
        }
    }
}
