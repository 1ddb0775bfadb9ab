using System.Globalization;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Detect;

/// <summary>Draws boxes with their labels on a masked picture.</summary>
internal static class Drawing
{
    private const int Thickness = 2;

    /// <summary>Draws all that was found surely enough.</summary>
    public static void Draw(MaskedPicture picture, IEnumerable<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var colour = ColourOf(finding.Role);
            Outline(picture.Pixels, finding.Box, colour);
            var text = string.Create(CultureInfo.InvariantCulture, $"{finding.Label} {finding.Confidence:0.00}");
            var top = (int)finding.Box.Top - Glyphs.Height - 3;
            Glyphs.Write(picture.Pixels, text, (int)finding.Box.Left, top < 0 ? (int)finding.Box.Top + 3 : top, colour);
        }
    }

    private static (byte Red, byte Green, byte Blue) ColourOf(LabelRole role) => role switch
    {
        LabelRole.Item => (255, 60, 60),
        LabelRole.Person => (80, 160, 255),
        LabelRole.Vehicle => (80, 255, 255),
        LabelRole.Shelter => (255, 120, 255),
        _ => (255, 220, 0),
    };

    private static void Outline(Picture picture, Box box, (byte Red, byte Green, byte Blue) colour)
    {
        var (left, top, right, bottom) = MaskPolicy.Pixels(box.Within(picture.Width, picture.Height));
        for (var y = top; y < bottom; y++)
        {
            var isEdge = y < top + Thickness || y >= bottom - Thickness;
            for (var x = left; x < right; x++)
            {
                if (isEdge || x < left + Thickness || x >= right - Thickness)
                {
                    Set(picture, x, y, colour);
                }
            }
        }
    }

    /// <summary>Colours a pixel; outside the picture nothing.</summary>
    public static void Set(Picture picture, int x, int y, (byte Red, byte Green, byte Blue) colour)
    {
        if (x >= 0 && x < picture.Width && y >= 0 && y < picture.Height)
        {
            var at = picture.Row(y).Slice(x * Picture.Channels, Picture.Channels);
            (at[0], at[1], at[2]) = colour;
        }
    }
}
