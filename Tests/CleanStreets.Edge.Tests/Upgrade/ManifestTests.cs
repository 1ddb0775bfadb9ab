using System.Text;
using CleanStreets.Edge.Upgrade;

namespace CleanStreets.Edge.Tests.Upgrade;

public sealed class ManifestTests
{
    private static readonly string Hash = new('a', 64);

    private static readonly string Good = $"CleanStreets release 1\nkind program\nversion 0.2.0\nlinux-arm64 {Hash} 17 a.tar.gz\nreplaces 0.3.0\n";

    [Fact]
    public void Manifest_says_kind_version_archives_and_what_it_may_replace()
    {
        var manifest = ReleaseManifest.Parse(Encoding.ASCII.GetBytes(Good));
        (manifest.Kind, manifest.Version).ShouldBe((ReleaseKind.Program, new Version(0, 2, 0)));
        manifest.Archives["linux-arm64"].ShouldBe(new ReleaseArchive("a.tar.gz", 17, Hash));
        manifest.MayReplace(new Version(0, 1, 9)).ShouldBeTrue();
        manifest.MayReplace(new Version(0, 2, 0)).ShouldBeFalse();
        manifest.MayReplace(new Version(0, 3, 0)).ShouldBeTrue();
        manifest.MayReplace(new Version(0, 3, 1)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("CleanStreets release 1", "CleanStreets release 2", "does not begin with")]
    [InlineData("kind program", "kind firmware", "not understood")]
    [InlineData("kind program\n", "", "says no kind")]
    [InlineData("version 0.2.0", "version 0.2", "not three numbers")]
    [InlineData("version 0.2.0", "version 0.02.0", "not three numbers")]
    [InlineData("version 0.2.0\n", "", "says no version")]
    [InlineData("a.tar.gz", "../a.tar.gz", "not understood")]
    [InlineData(" 17 ", " -17 ", "not understood")]
    [InlineData("aaaa", "AAAA", "not understood")]
    public void What_is_wrong_is_named(string right, string wrong, string reason)
    {
        var at = Good.IndexOf(right, StringComparison.Ordinal);
        var text = Good.Remove(at, right.Length).Insert(at, wrong);
        Should.Throw<UpgradeException>(() => ReleaseManifest.Parse(Encoding.ASCII.GetBytes(text))).Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("""{"manifest":"AA==","signature":"AA==","url":"http://city.example/"}""", "not https")]
    [InlineData("""{"manifest":"AA==","signature":"AA==","url":"folder/"}""", "not https")]
    [InlineData("""{"manifest":"AA==","url":"https://city.example/"}""", "not understood")]
    [InlineData("[]", "not understood")]
    public void Offers_that_cannot_be_are_refused(string json, string reason) =>
        Should.Throw<UpgradeException>(() => ReleaseOffer.Read(Encoding.UTF8.GetBytes(json))).Message.ShouldContain(reason);

    [Fact]
    public void Random_bytes_never_do_more_than_be_refused()
    {
        var random = new Random(11);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = Encoding.ASCII.GetBytes(Good);
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                ReleaseManifest.Parse(bytes);
            }
            catch (UpgradeException)
            {
                // Refused, with a reason.
            }
        }
    }
}
