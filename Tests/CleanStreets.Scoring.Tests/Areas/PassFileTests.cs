using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Tests.Streets;

namespace CleanStreets.Scoring.Tests.Areas;

public class PassFileTests
{
    private const string Header = "segmentId,truckId,enteredAt,exposureSquareMetres,counts\n";

    [Fact]
    public void Passes_become_evidence_and_those_of_other_streets_are_counted()
    {
        var evidence = PassFile.Read(
            new StringReader("counts,coverage,truckId,segmentId,enteredAt,exposureSquareMetres,note\nloose_litter=3;weeds=1,0.5,t1,h00,2026-11-20T08:00:00Z,250,x\n,1,t2,h00,2026-11-20T09:00+01:00,600,\n\n,1,t2,gone,2026-11-20T09:00Z,600,\nodd = kind=2,1,t2,h00,2026-11-20T09:00Z,,\n"),
            TestStreets.Grid(), out var left);

        left.ShouldBe(new PassesLeftOut(Elsewhere: 1, WithoutExposure: 1));
        evidence.Values.Single().PassCount.ShouldBe(2);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("segmentId,truckId\n", "Line 1: there is no column 'enteredAt'")]
    [InlineData(Header + "h00,t1,yesterday,1,\n", "Line 2: enteredAt is 'yesterday'")]
    [InlineData(Header + "h00,t1,2026-11-20T08:00Z,-1,\n", "Line 2: exposureSquareMetres is '-1'")]
    [InlineData(Header + "h00,t1,2026-11-20T08:00Z,NaN,\n", "Line 2: exposureSquareMetres is 'NaN'")]
    [InlineData(Header + "h00,t 1,2026-11-20T08:00Z,1,\n", "Line 2: truckId is 't 1'")]
    [InlineData(Header + "h00,t1,2026-11-20T08:00Z,1,litter\n", "Line 2: counts is 'litter'")]
    [InlineData(Header + "\nh00,t1\n", "Line 3: only 2 cells")]
    public void Bad_line_is_named(string table, string says) =>
        Should.Throw<PassFileException>(() => PassFile.Read(new StringReader(table), TestStreets.Grid(), out _)).Message.ShouldContain(says);

    [Fact]
    public void Altered_tables_are_read_or_refused_and_nothing_else()
    {
        const int Seed = 23;
        var random = new Random(Seed);
        var whole = Header + "h00,t1,2026-11-20T08:00:00Z,250,loose_litter=3;weeds=1\nv00,\"t2\",2026-11-20T09:00+01:00,600.5,\n";
        var network = TestStreets.Grid();
        for (var round = 0; round < 3000; round++)
        {
            var table = whole.ToCharArray();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                table[random.Next(table.Length)] = random.Next(3) == 0 ? (char)random.Next(65536) : whole[random.Next(whole.Length)];
            }

            try
            {
                PassFile.Read(new StringReader(new string(table)), network, out _);
            }
            catch (PassFileException)
            {
                // The one stated end.
            }
            catch (Exception ex)
            {
                Assert.Fail($"seed {Seed}, round {round}: {new string(table)}: {ex}");
            }
        }
    }
}
