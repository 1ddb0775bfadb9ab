using CleanStreets.Contracts.Evidence;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Vision.Privacy;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>Evidence pictures without a camera: real JPEGs of noise.</summary>
internal static class TestPictures
{
    /// <summary>A JPEG of some thousand bytes.</summary>
    public static async Task<MaskedJpeg> JpegAsync(int side = 64)
    {
        var picture = new Picture(side, side);
        new Random(1).NextBytes(picture.Rgb);
        return (await MaskedJpeg.EncodeAsync(MaskedPicture.Fill(picture, []), 1_000_000, TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken)).ShouldNotBeNull();
    }

    /// <summary>A picture taken at a moment.</summary>
    public static EvidencePicture Picture(MaskedJpeg jpeg, DateTimeOffset at, int number) => new()
    {
        Id = $"{EvidencePicture.IdPrefix}{at.ToUnixTimeMilliseconds():D15}-{number:x8}",
        CapturedAt = at,
        Kind = "bulky_item",
        Confidence = 0.9,
        Box = new EvidenceBox(8, 8, 32, 32),
        Mask = EvidenceMask.Of(1),
        Jpeg = jpeg,
    };
}
