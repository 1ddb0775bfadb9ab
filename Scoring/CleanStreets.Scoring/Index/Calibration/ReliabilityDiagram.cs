using System.Globalization;

namespace CleanStreets.Scoring.Index;

/// <summary>Draws how often the truth lay in the middle share of a belief against that share, as SVG. On the diagonal the belief is as sure as it may be.</summary>
public static class ReliabilityDiagram
{
    private const int Left = 62;
    private const int Top = 46;
    private const int Side = 300;

    // The map's palette (ColorBrewer RdYlBu), told apart by dash and mark as well, so that colour is not needed.
    private static readonly (string Colour, string Dash)[] Lines = [("#2c7bb6", "none"), ("#b2560d", "6 4"), ("#5b5b5b", "2 3")];

    /// <summary>Draws one kind of street, a line for each method.</summary>
    /// <param name="results">Results of the same kind of street, at most three.</param>
    /// <param name="output">Receives the picture.</param>
    public static void Write(IReadOnlyList<CalibrationResult> results, TextWriter output)
    {
        output.Write($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 410" width="400" height="410" font-family="system-ui, sans-serif" font-size="12" fill="#1b1f24">
            <title>{results[0].Case}</title>
            <rect width="400" height="410" fill="#ffffff"/>
            <text x="{Left}" y="24" font-size="15" font-weight="600">{results[0].Case}</text>
            <path d="M{Left} {Top + Side}L{Left + Side} {Top}L{Left + Side} {Top}Z" stroke="#8a929c" stroke-width="1"/>

            """);
        for (var tick = 0; tick <= 100; tick += 20)
        {
            var (x, y) = (X(tick / 100.0), Y(tick / 100.0));
            output.Write($"<path d=\"M{x} {Top}V{Top + Side}M{Left} {y}H{Left + Side}\" stroke=\"#e3e6ea\" stroke-width=\"1\"/>\n");
            output.Write($"<text x=\"{x}\" y=\"{Top + Side + 18}\" text-anchor=\"middle\">{tick} %</text><text x=\"{Left - 8}\" y=\"{y + 4}\" text-anchor=\"end\">{tick} %</text>\n");
        }

        output.Write($"<text x=\"{Left + (Side / 2)}\" y=\"{Top + Side + 38}\" text-anchor=\"middle\">middle share of the belief</text>\n");
        output.Write($"<text transform=\"translate(16 {Top + (Side / 2)}) rotate(-90)\" text-anchor=\"middle\">streets whose truth lay in it</text>\n");
        foreach (var (at, result) in results.Index())
        {
            Draw(result, at, output);
        }

        output.Write("</svg>\n");
    }

    private static void Draw(CalibrationResult result, int at, TextWriter output)
    {
        var (colour, dash) = Lines[at];
        var points = CalibrationRunner.Levels.Zip(result.Within).Select(point => (X: X(point.First), Y: Y(point.Second))).ToList();
        var line = string.Join(' ', points.Prepend((X: X(0), Y: Y(0))).Select(point => Text($"{point.X:0.#},{point.Y:0.#}")));
        output.Write($"<polyline points=\"{line}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>\n");
        foreach (var (x, y) in points.Where((_, place) => place % 2 == 1))
        {
            var mark = at == 0
                ? Text($"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"3\" fill=\"{colour}\"/>\n")
                : Text($"<rect x=\"{x - 3:0.#}\" y=\"{y - 3:0.#}\" width=\"6\" height=\"6\" fill=\"{colour}\"/>\n");
            output.Write(mark);
        }

        var legend = Top + Side - 14 - (18 * at);
        output.Write($"<path d=\"M{Left + Side - 92} {legend - 4}h26\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>");
        output.Write($"<text x=\"{Left + Side - 58}\" y=\"{legend}\">{result.Method}</text>\n");
    }

    private static double X(double share) => Left + (Side * share);

    private static double Y(double share) => Top + (Side * (1 - share));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
