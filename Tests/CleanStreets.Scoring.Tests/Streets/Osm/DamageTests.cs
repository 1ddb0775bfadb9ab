using System.Text;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Streets.Osm;

/// <summary>A damaged map is refused with a sentence that says where, and costs no more memory than it holds.</summary>
public class DamageTests
{
    private static readonly byte[] Pbf = PbfSample.Write(OsmSample.Square());
    private static readonly byte[] Xml = Encoding.UTF8.GetBytes(WithTurn().Xml());

    [Theory]
    [InlineData("<osm><way id='1'><nd ref='x'/></way></osm>", "line 1: ref of <nd> is no whole number")]
    [InlineData("<osm>\n\n<way><nd ref='1'/></way></osm>", "line 3: <way> has no id")]
    [InlineData("<osm>\n<way id='1'>", "not XML at line 2")]
    [InlineData("<gpx/>", "line 1: begins with <gpx>")]
    [InlineData("<osm></osm>", "holds no street")]
    [InlineData("<!DOCTYPE osm [<!ENTITY a 'b'>]><osm/>", "not plain XML")]
    [InlineData("<osm><way id='1'><nd ref='1'/><nd ref='2'/><tag k='highway' v='road'/></way>\n<node id='1' lat='91' lon='0'/></osm>", "line 2: lat of <node> is no angle")]
    [InlineData("<osm>\n<relation id='1'><member type='way' ref='x' role='from'/></relation></osm>", "line 2: ref of <member> is no whole number")]
    [InlineData("<osm><a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a></osm>", "deeper than a map needs")]
    public void Bad_xml_is_named_by_its_line(string xml, string says) =>
        Fault(() => ImportXml(Encoding.UTF8.GetBytes(xml))).ShouldContain(says);

    [Fact]
    public void Xml_with_a_value_without_end_is_refused_before_it_fills_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        Fault(() => OsmImport.ReadXml(() => new EndlessStream("<osm><way id='"u8.ToArray()), "map.osm", new StreetImportOptions()))
            .ShouldContain("longer than a megabyte");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(32_000_000);
    }

    [Fact]
    public void Pbf_that_needs_what_we_do_not_understand_is_refused_by_name() =>
        Fault(() => ImportPbf(PbfSample.Write(OsmSample.Square(), required: ["OsmSchema-V0.6", "HistoricalInformation"])))
            .ShouldContain("\"HistoricalInformation\"");

    [Fact]
    public void Pbf_without_its_header_is_refused()
    {
        using var file = new MemoryStream();
        PbfSample.Blob(file, "OSMData", [], zlib: true);

        Fault(() => ImportPbf(file.ToArray())).ShouldContain("does not begin with an OSMHeader block");
    }

    [Theory]
    [InlineData(70_000, 10, "a blob header of 70000 bytes")]
    [InlineData(-5, 10, "a blob header of -5 bytes")]
    public void Pbf_with_an_impossible_length_is_refused(int length, int bytes, string says)
    {
        var file = new byte[4 + bytes];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file, length);

        Fault(() => ImportPbf(file)).ShouldContain(says);
    }

    [Fact]
    public void Pbf_torn_anywhere_is_refused_with_the_byte_where_its_block_begins()
    {
        for (var length = 0; length < Pbf.Length; length++)
        {
            var torn = Pbf[..length];
            Fault(() => ImportPbf(torn)).ShouldMatch("the block at byte \\d+|does not begin|holds no street");
        }
    }

    [Fact]
    public void Blob_that_claims_much_and_holds_little_costs_little()
    {
        using var file = new MemoryStream();
        byte[] header = [.. PbfSample.Bytes(1, "OSMHeader"u8.ToArray()), .. PbfSample.Varint(3, 32 * 1024 * 1024)];
        file.Write([0, 0, 0, (byte)header.Length, .. header, 1, 2, 3]);
        var content = file.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Fault(() => ImportPbf(content)).ShouldContain("ends after 3 of 33554432 bytes");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public void Altered_maps_are_read_or_refused_and_nothing_else()
    {
        const int Seed = 20261125;
        var random = new Random(Seed);
        for (var round = 0; round < 3000; round++)
        {
            var (kind, content) = round % 2 == 0 ? ("pbf", Alter(Pbf, random)) : ("xml", Alter(Xml, random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = kind == "pbf" ? ImportPbf(content) : ImportXml(content);
            }
            catch (StreetFileException)
            {
                // The one stated end.
            }
            catch (Exception ex)
            {
                Assert.Fail($"seed {Seed}, round {round}, {kind}: {ex}");
            }

            // A node thrown across the world makes the spatial lookup as large as it may be: four million cells.
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64_000_000, $"seed {Seed}, round {round}, {kind}");
        }
    }

    [Fact]
    public void Altered_blocks_behind_intact_packing_are_read_or_refused_and_nothing_else()
    {
        // Unpacked content, so that alterations reach the inner reader and do not all end at zlib's checksum.
        const int Seed = 7;
        var plain = PbfSample.Write(WithTurn(), zlib: false);
        ImportPbf(plain).Network.ForbiddenTurns.Count.ShouldBe(1);
        var random = new Random(Seed);
        for (var round = 0; round < 3000; round++)
        {
            var content = Alter(plain, random);
            try
            {
                _ = ImportPbf(content);
            }
            catch (StreetFileException)
            {
                // The one stated end.
            }
            catch (Exception ex)
            {
                Assert.Fail($"seed {Seed}, round {round}: {ex}");
            }
        }
    }

    private static OsmSample WithTurn() => OsmSample.Square().Restriction("way/10/from node/1/via way/13/to", "restriction=no_right_turn");

    private static byte[] Alter(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
            }

            if (bytes.Count == 0)
            {
                bytes.Add(0);
            }
        }

        return [.. bytes];
    }

    private static ImportedStreets ImportPbf(byte[] content) =>
        OsmImport.ReadPbf(() => new MemoryStream(content), "map.osm.pbf", new StreetImportOptions());

    private static ImportedStreets ImportXml(byte[] content) =>
        OsmImport.ReadXml(() => new MemoryStream(content), "map.osm", new StreetImportOptions());

    private static string Fault(Func<ImportedStreets> import) => Should.Throw<StreetFileException>(import).Message;

    /// <summary>A beginning, then the letter x for ever.</summary>
    private sealed class EndlessStream(byte[] start) : MemoryStream
    {
        private int _given;

        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'x');
            var head = Math.Min(buffer.Length, start.Length - _given);
            start.AsSpan(_given, head).CopyTo(buffer);
            _given += head;
            return buffer.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
