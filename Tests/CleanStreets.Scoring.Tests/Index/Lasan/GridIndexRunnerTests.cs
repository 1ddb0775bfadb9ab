namespace CleanStreets.Scoring.Index.Tests;

public class GridIndexRunnerTests
{
    private const string Header = "grid,twos,threes,illegalDumping,bulkyItems\n";

    [Fact]
    public void Rows_keep_their_order_and_empty_counts_are_zero() =>
        Run(Header + "b,,35,,\na,17,,0,\n").ShouldBe("grid,csScore,class\nb,2.019231,3\na,0.980769,1\n");

    [Fact]
    public void Columns_may_stand_in_any_order_between_others() =>
        Run("note,bulkyItems,grid,threes,\"illegalDumping\",twos\r\n\"x, y\",14,\"7\"\"1,a\",0,0,1\r\n").ShouldBe("grid,csScore,class\n\"7\"\"1,a\",0.057692,3\n");

    [Fact]
    public void Byte_order_mark_blank_lines_and_spreadsheet_numbers_are_taken() =>
        Run("\uFEFF" + Header + "\n758, 7.0 ,0,0,6\n\n").ShouldBe("grid,csScore,class\n758,0.403846,1\n");

    [Fact]
    public void Grid_seen_in_part_is_incomplete_and_told_with_both_bounds() =>
        Run("grid,twos,threes,illegalDumping,bulkyItems,segments,seen\na,10,0,0,0,100,95\nb,10,0,0,0,100,94\nc,30,5,0,0,60,50\nd,0,0,0,0,0,0\n").ShouldBe(
            "grid,csScore,class,classIfRestClean,classIfRestDirty\na,0.576923,1,1,3\nb,,incomplete,1,3\nc,,incomplete,3,3\nd,,incomplete,1,1\n");

    [Fact]
    public void More_seen_than_there_is_is_refused() =>
        Should.Throw<GridIndexException>(() => Run("grid,twos,threes,illegalDumping,bulkyItems,segments,seen\na,1,0,0,0,3,4\n")).Message.ShouldContain("that cannot be");

    [Theory]
    [InlineData("", "empty")]
    [InlineData("grid,twos,threes,illegalDumping\n1,2,3,4\n", "Line 1: there is no column 'bulkyItems'")]
    [InlineData("grid,twos,twos,threes,illegalDumping,bulkyItems\n", "'twos' stands there twice")]
    [InlineData(Header + "1,2,3,4,5\n2,x,0,0,0\n", "Line 3: twos is 'x'")]
    [InlineData(Header + "1,-2,0,0,0\n", "Line 2: twos is '-2'")]
    [InlineData(Header + "1,0,2.5,0,0\n", "Line 2: threes is '2.5'")]
    [InlineData(Header + "\n1,0,0,0,99999999999\n", "Line 3: bulkyItems is '99999999999'")]
    [InlineData(Header + "1,0,0\n", "Line 2: only 3 fields")]
    [InlineData(Header + ",0,0,0,0\n", "Line 2: the grid has no name")]
    [InlineData(Header + "\"1,0,0,0,0\n", "Line 2: a quote is opened")]
    public void Bad_table_is_refused_with_its_line(string table, string says) =>
        Should.Throw<GridIndexException>(() => Run(table)).Message.ShouldContain(says);

    [Fact]
    public void Line_numbers_count_the_lines_inside_quotes() =>
        Should.Throw<GridIndexException>(() => Run(Header + "\"a\nb\",0,0,0,0\n1,?,0,0,0\n")).Message.ShouldStartWith("Line 4:");

    [Fact]
    public void Unknown_method_names_the_known_ones() =>
        Should.Throw<GridIndexException>(() => GridIndexRunner.Run("lasan-2017", new StringReader(Header), TextWriter.Null))
            .Message.ShouldContain("lasan-2016-q3, lasan-2016-q2");

    private static string Run(string table)
    {
        using var output = new StringWriter();
        GridIndexRunner.Run("lasan-2016-q3", new StringReader(table), output);
        return output.ToString();
    }
}
