using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using CleanStreets.Edge.Doctor;

namespace CleanStreets.Edge.Aim.Sheet;

/// <summary>The acceptance sheet as one HTML file that needs nothing else: to print, or to keep.</summary>
internal static class SheetPage
{
    private const string Style = """
        *{box-sizing:border-box}body{margin:0 auto;max-width:190mm;padding:16px;font:15px/1.4 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;color:#0b0d10;background:#fff}
        h1{font-size:24px;margin:0 0 4px}.sub{color:#454b54;margin:0 0 14px}.stage{position:relative;border-radius:8px;overflow:hidden;background:#808080}
        .stage svg{display:block;width:100%;height:auto}table{width:100%;border-collapse:collapse;margin:14px 0}th,td{text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid #b9c0c9}
        th{font-weight:600;white-space:nowrap;width:1%}.v{font-weight:800;white-space:nowrap}.ok{color:#0b7a3b}.fail{color:#b3101b}.unused{color:#454b54}.fix{font-weight:600}
        .banner{padding:10px 14px;border-radius:8px;font-weight:800;font-size:18px;color:#fff;margin:0 0 14px}.banner.good{background:#0b7a3b}.banner.open{background:#b3101b}
        .grid{display:grid;grid-template-columns:1fr 1fr;gap:0 24px}.grid table{margin:0}.sign{display:grid;grid-template-columns:1fr 1fr;gap:40px;margin-top:48px}.sign div{border-top:1px solid #0b0d10;padding-top:4px;color:#454b54}
        small{color:#454b54}@media(max-width:600px){.grid{grid-template-columns:1fr}}@media print{@page{size:A4;margin:12mm}body{padding:0;font-size:12px}.banner,.stage{-webkit-print-color-adjust:exact;print-color-adjust:exact}tr,.stage,.sign{break-inside:avoid}}
        """;

    /// <summary>What a content policy must allow so that the sheet looks as it should: this style, and no other.</summary>
    public static string StyleHash { get; } = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'";

    /// <summary>The file.</summary>
    public static string Html(AcceptanceSheet sheet)
    {
        var open = sheet.OpenPoints.ToList();
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Acceptance {Text(sheet.CalibrationId)}</title><style>{Style}</style></head><body>
            <h1>Camera acceptance{(sheet.Truck.Length > 0 ? $": {Text(sheet.Truck)}" : "")}</h1>
            <p class="sub">{Text(sheet.CalibrationId)}</p>
            <p class="banner {(open.Count == 0 ? "good" : "open")}">{(open.Count == 0 ? "✓ All checks right" : $"✗ Accepted with open points: {Text(string.Join(", ", open))}")}</p>

            """);
        Picture(page, sheet);
        var mounting = sheet.Mounting;
        page.Append("<div class=\"grid\"><table>");
        Row(page, "Truck", sheet.Truck.Length > 0 ? sheet.Truck : "not said");
        Row(page, "Box", sheet.Box ?? "not said");
        Row(page, "Camera", sheet.Camera);
        Row(page, "Technician", sheet.Technician);
        Row(page, "Time", string.Create(CultureInfo.InvariantCulture, $"{sheet.AcceptedAt:yyyy-MM-dd HH:mm:ss} UTC, {(sheet.ClockFromGnss ? "set by satellites" : "the box’s own clock, not confirmed by satellites")}"));
        Row(page, "Model", sheet.ModelVersion.Length > 0 ? sheet.ModelVersion : "none");
        Row(page, "Agent", sheet.AgentVersion);
        page.Append("</table><table>");
        Row(page, "Height", Metres(mounting.HeightMetres));
        Row(page, "Pitch", string.Create(CultureInfo.InvariantCulture, $"{mounting.PitchDegrees:0.0}° down"));
        Row(page, "Roll", string.Create(CultureInfo.InvariantCulture, $"{mounting.RollDegrees:0.0}° clockwise"));
        Row(page, "Looks", mounting.YawDegrees == 0 ? "straight ahead" : string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(mounting.YawDegrees):0}° to the {(mounting.YawDegrees > 0 ? "right" : "left")}"));
        Row(page, "Field of view", string.Create(CultureInfo.InvariantCulture, $"{mounting.HorizontalFieldOfViewDegrees:0}°"));
        Row(page, "Kerbs", $"left {Kerb(sheet.LeftKerbMetres)}, right {Kerb(sheet.RightKerbMetres)}");
        Row(page, "Measured", sheet.Measured is { } fit ? string.Create(CultureInfo.InvariantCulture, $"pitch {fit.PitchDegrees:0.0}° ± {fit.PitchWithinDegrees:0.0}, height {fit.HeightMetres:0.00} m{(fit.IsHeightMeasured ? string.Create(CultureInfo.InvariantCulture, $" ± {fit.HeightWithinMetres:0.00}") : " by tape")}, {sheet.Marks.Count} marks") : "no");
        page.Append("</table></div><table>");
        foreach (var check in sheet.Checks)
        {
            var (name, sign) = check.Verdict switch { Verdict.Ok => ("ok", "✓ right"), Verdict.Fail => ("fail", "✗ open"), _ => ("unused", "– not looked at") };
            page.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"v {name}\">{sign}</td><th>{Text(check.Part)}</th><td>{Text(check.Said)}{(check.Fix is { } fix ? $"<br><span class=\"fix\">→ {Text(fix)}</span>" : "")}</td></tr>");
        }

        page.Append("</table>");
        if (sheet.Remark is { } remark)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p><b>Why it was accepted as it is:</b> {Text(remark)}</p>");
        }

        return page.Append("<div class=\"sign\"><div>Technician</div><div>For the city</div></div><p><small>People and vehicles in the picture were masked on the box before it was kept.</small></p></body></html>\n").ToString();
    }

    private static void Picture(StringBuilder page, AcceptanceSheet sheet)
    {
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"stage\"><svg viewBox=\"0 0 {sheet.Width} {sheet.Height}\" role=\"img\" aria-label=\"What the camera sees, with horizon and footprint\">");
        if (sheet.Picture is { } jpeg)
        {
            page.Append(CultureInfo.InvariantCulture, $"<image href=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\" width=\"{sheet.Width}\" height=\"{sheet.Height}\"/>");
        }

        page.Append(sheet.Overlay).Append("</svg></div>");
        if (sheet.Withheld is { } reason)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"fail\"><b>No picture:</b> {Text(reason)}</p>");
        }
    }

    private static void Row(StringBuilder page, string name, string value) => page.Append(CultureInfo.InvariantCulture, $"<tr><th>{name}</th><td>{Text(value)}</td></tr>");

    private static string Metres(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} m");

    private static string Kerb(double metres) => metres == 0 ? "not this camera’s" : Metres(metres);

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
