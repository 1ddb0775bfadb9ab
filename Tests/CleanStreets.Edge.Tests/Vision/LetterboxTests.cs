using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Model;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class LetterboxTests
{
    [Theory]
    [InlineData(97, 61, 64, 64, false)]
    [InlineData(31, 90, 64, 32, true)]
    [InlineData(20, 20, 64, 96, true)]
    public void Fitting_is_what_a_slow_obvious_twin_computes(int width, int height, int inputWidth, int inputHeight, bool centred)
    {
        var random = new Random(7);
        var picture = new Picture(width, height);
        random.NextBytes(picture.Rgb);
        var convention = new InputConvention(BlueFirst: true, Factor: 1, centred);
        var input = new float[3 * inputWidth * inputHeight];
        new Letterbox(inputWidth, inputHeight, convention).Fill(picture, input);

        var scale = Math.Min((double)inputWidth / width, (double)inputHeight / height);
        var (fittedWidth, fittedHeight) = ((int)Math.Round(width * scale), (int)Math.Round(height * scale));
        var (offsetX, offsetY) = centred ? ((inputWidth - fittedWidth) / 2, (inputHeight - fittedHeight) / 2) : (0, 0);
        for (var y = 0; y < inputHeight; y++)
        {
            for (var x = 0; x < inputWidth; x++)
            {
                for (var plane = 0; plane < 3; plane++)
                {
                    var isInside = x >= offsetX && x < offsetX + fittedWidth && y >= offsetY && y < offsetY + fittedHeight;
                    var wanted = isInside ? Bilinear(picture, 2 - plane, x - offsetX, y - offsetY, fittedWidth, fittedHeight) : 114;
                    input[(((plane * inputHeight) + y) * inputWidth) + x].ShouldBe((float)wanted, 0.3f, $"plane {plane} at {x}, {y}");
                }
            }
        }
    }

    [Fact]
    public void A_picture_of_another_size_leaves_nothing_of_the_one_before()
    {
        var letterbox = new Letterbox(32, 32, new InputConvention(BlueFirst: false, Factor: 1f / 255, Centred: true));
        var input = new float[3 * 32 * 32];
        var white = new Picture(20, 20);
        white.Rgb.AsSpan().Fill(255);
        letterbox.Fill(white, input);
        letterbox.Fill(new Picture(40, 10), input);
        input[0].ShouldBe(114f / 255, 0.001f);
        input[(16 * 32) + 16].ShouldBe(0);
    }

    [Fact]
    public void A_box_finds_its_way_back_to_the_picture()
    {
        var letterbox = new Letterbox(64, 64, new InputConvention(BlueFirst: false, Factor: 1, Centred: true));
        letterbox.Fill(new Picture(128, 64), new float[3 * 64 * 64]);
        letterbox.ToPicture(new Box(10, 20, 30, 40)).ShouldBe(new Box(20, 8, 60, 48));
    }

    private static double Bilinear(Picture picture, int channel, int x, int y, int fittedWidth, int fittedHeight)
    {
        var sx = Math.Clamp(((x + 0.5) * picture.Width / fittedWidth) - 0.5, 0, picture.Width - 1);
        var sy = Math.Clamp(((y + 0.5) * picture.Height / fittedHeight) - 0.5, 0, picture.Height - 1);
        var (x0, y0) = ((int)sx, (int)sy);
        var (x1, y1) = (Math.Min(x0 + 1, picture.Width - 1), Math.Min(y0 + 1, picture.Height - 1));
        var (fx, fy) = (sx - x0, sy - y0);
        return ((At(x0, y0) * (1 - fx)) + (At(x1, y0) * fx)) * (1 - fy) + (((At(x0, y1) * (1 - fx)) + (At(x1, y1) * fx)) * fy);

        double At(int px, int py) => picture.Rgb[(((py * picture.Width) + px) * 3) + channel];
    }
}
