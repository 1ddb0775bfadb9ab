using System.IO.Compression;
using System.Text;
using CleanStreets.Launcher.Streets;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using SharpCompress.Compressors.BZip2;

namespace CleanStreets.Launcher.Tests;

/// <summary>A newcomer has a street map in whatever form, and wants a network or a sentence.</summary>
public sealed class StreetsImportVerbTests
{
    private const string Map = """
        <osm version="0.6">
          <node id="1" lat="35.0" lon="-117.0"/><node id="2" lat="35.0" lon="-117.001"/><node id="3" lat="35.0" lon="-117.002"/><node id="4" lat="35.001" lon="-117.001"/>
          <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="Elm"/></way>
          <way id="11"><nd ref="2"/><nd ref="4"/><tag k="highway" v="service"/><tag k="service" v="alley"/></way>
        </osm>
        """;

    [Theory]
    [InlineData("map.osm")]
    [InlineData("map.osm.gz")]
    [InlineData("map.osm.bz2")]
    [InlineData("a name that says nothing")]
    public void Packed_or_not_the_network_is_the_same(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine(name);
        File.WriteAllBytes(path, Path.GetExtension(name) switch { ".gz" => Gzip(Map), ".bz2" => Bzip2(Map), _ => Encoding.UTF8.GetBytes(Map) });

        var network = new StreetMapFile(path, _ => { }).Import(new StreetImportOptions { Roads = RoadChoice.Alleys }).Network;

        network.Segments.Select(segment => segment.Id.Value).ShouldBe(["w10-1-2", "w10-2-3", "w11-2-4"]);
    }

    [Fact]
    public void Bzip2_of_many_streams_is_read_to_its_end()
    {
        using var folder = new TemporaryFolder();
        var half = Map.Length / 2;
        File.WriteAllBytes(folder.Combine("map.osm.bz2"), [.. Bzip2(Map[..half]), .. Bzip2(Map[half..])]);

        new StreetMapFile(folder.Combine("map.osm.bz2"), _ => { }).Import(new StreetImportOptions()).Lines.ShouldBe(1);
    }

    [Fact]
    public void Progress_reaches_the_end_and_never_turns_back_within_a_reading()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("map.osm"), Map);
        var told = new List<double>();

        new StreetMapFile(folder.Combine("map.osm"), told.Add).Import(new StreetImportOptions());

        told.ShouldAllBe(share => share > 0 && share <= 1);
        told[^1].ShouldBe(1);
    }

    [Fact]
    public async Task Import_of_a_real_extract_is_repeatable_and_passes_its_check_or_says_what_is_apart()
    {
        var extract = SharedData.Require("data/west-oakland/West-Oakland_2016-07-14.osm.bz2");
        using var folder = new TemporaryFolder();
        var (first, second) = (folder.Combine("1.geojson"), folder.Combine("2.geojson"));
        var output = await RunAsync(0, "streets", "import", extract, "--out", first, "--include", "alleys,service");
        await RunAsync(0, "streets", "import", extract, "--out", second, "--include", "alleys,service");

        output.ShouldContain("404 segments from 343 lines");
        File.ReadAllBytes(second).ShouldBe(File.ReadAllBytes(first));
        var ready = StreetFile.Read(SharedData.Require("data/west-oakland/west_oakland_segments.geojson"));
        var imported = StreetFile.Read(first);
        imported.Segments.Sum(segment => segment.LengthMetres).ShouldBe(ready.Segments.Sum(segment => segment.LengthMetres), 2_000);
        var check = StreetCheck.Run(imported);
        check.SameGeometry.ShouldBeEmpty();
        check.ZeroLength.ShouldBeEmpty();
        check.Pieces[0].Count.ShouldBeGreaterThan(380);
    }

    [Fact]
    public async Task Properties_of_a_city_are_mapped()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Combine("city.geojson"),
            """{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"OBJECTID":7,"STREETNAME":"Elm","ONE_WAY":"TF"},"geometry":{"type":"LineString","coordinates":[[1,2],[1.001,2]]}}]}""");

        await RunAsync(0, "streets", "import", folder.Combine("city.geojson"), "--out", folder.Combine("out.geojson"),
            "--map", "id=OBJECTID,name=STREETNAME", "--map", "oneway=ONE_WAY");

        var segment = StreetFile.Read(folder.Combine("out.geojson")).Segments.Single();
        (segment.Id.Value, segment.Name, segment.OneWay, segment.Geometry[0].Longitude).ShouldBe(("7", "Elm", true, 1.001));
    }

    [Fact]
    public async Task Streets_of_the_network_in_use_keep_their_ids_when_a_way_was_cut_before_them()
    {
        using var folder = new TemporaryFolder();
        var (map, first, second) = (folder.Combine("map.osm"), folder.Combine("1.geojson"), folder.Combine("2.geojson"));
        await File.WriteAllTextAsync(map, Map);
        await RunAsync(0, "streets", "import", map, "--out", first, "--include", "alleys");
        await File.WriteAllTextAsync(map, Map.Replace("<nd ref=\"3\"/>", string.Empty)
            .Replace("</osm>", "<way id=\"99\"><nd ref=\"2\"/><nd ref=\"3\"/><tag k=\"highway\" v=\"residential\"/><tag k=\"name\" v=\"Elm\"/><tag k=\"maxspeed\" v=\"30\"/></way></osm>"));

        var output = await RunAsync(0, "streets", "import", map, "--out", second, "--include", "alleys", "--previous", first);

        output.ShouldContain("3 segments keep their ids, 1 of them by their place; 0 are new, 0 are gone");
        (await File.ReadAllTextAsync(second)).ShouldBe(await File.ReadAllTextAsync(first));
    }

    [Theory]
    [InlineData("", "is neither GeoJSON nor an OpenStreetMap file")]
    [InlineData("id,name\n1,Elm", "is neither GeoJSON nor an OpenStreetMap file")]
    [InlineData("{\"features\":[{}]}", "features[0] is without geometry")]
    [InlineData("<osm>\n<way id='1'>\n<nd/></way></osm>", "line 3: <nd> has no ref")]
    [InlineData("BZh9 and then nothing", "cannot be unpacked")]
    public async Task Bad_file_is_one_sentence_and_leaves_no_network_behind(string content, string says)
    {
        using var folder = new TemporaryFolder();
        var (file, result) = (folder.Combine("map"), folder.Combine("out.geojson"));
        await File.WriteAllTextAsync(file, content);

        var output = await RunAsync(2, "streets", "import", file, "--out", result);

        output.ShouldContain(says);
        output.ShouldContain(file);
        output.Split(Environment.NewLine).Length.ShouldBe(1);
        File.Exists(result).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--map", "street=NAME", "none of id, name, class, oneway")]
    [InlineData("--map", "name", "MEANING=PROPERTY")]
    [InlineData("--include", "paths", "--include paths")]
    public async Task Wrong_words_are_named(string option, string value, string says) =>
        (await RunAsync(2, "streets", "import", "x", "--out", "y", option, value)).ShouldContain(says);

    private static async Task<string> RunAsync(int exitCode, params string[] arguments)
    {
        await using var launcher = ProductProgram.Start("deploy/CleanStreets.Launcher", arguments);
        (await launcher.ExitAsync(Eventually.Patience)).ShouldBe(exitCode, launcher.Output);
        return launcher.Output;
    }

    private static byte[] Gzip(string text) => Pack(text, target => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true));

    private static byte[] Bzip2(string text) => Pack(
        text, target => BZip2Stream.Create(target, SharpCompress.Compressors.CompressionMode.Compress, decompressConcatenated: false, leaveOpen: true));

    private static byte[] Pack(string text, Func<Stream, Stream> packer)
    {
        using var packed = new MemoryStream();
        using (var stream = packer(packed))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
