using System.CommandLine;
using System.Globalization;

namespace CleanStreets.Launcher.Commands;

/// <summary>How many pictures of finds <c>up</c> has the dashboard keep, of all trucks together.</summary>
internal sealed class EvidenceOptions
{
    private readonly Option<int?> _days = new("--evidence-days") { Description = "Days that pictures of finds are kept. Default: 30." };

    private readonly Option<int?> _megabytes = new("--evidence-megabytes")
    {
        Description = "Most megabytes of pictures of finds, of all trucks together: the oldest go first, whosever they are. Default: 2048.",
    };

    public void AddTo(Command command)
    {
        _days.Validators.Add(ServiceOptions.AtLeast(1, 3650));
        _megabytes.Validators.Add(ServiceOptions.AtLeast(1, 1_000_000));
        command.Add(_days);
        command.Add(_megabytes);
    }

    /// <summary>What the dashboard is told: what was given.</summary>
    public IReadOnlyList<string> DashboardArguments(ParseResult parsed) => [.. Given(parsed, _days), .. Given(parsed, _megabytes)];

    private static string[] Given(ParseResult parsed, Option<int?> option) =>
        parsed.GetValue(option) is { } value ? [option.Name, value.ToString(CultureInfo.InvariantCulture)] : [];
}
