using System.CommandLine;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Edge.Run;

namespace CleanStreets.Edge.Enroll;

/// <summary><c>edge enroll</c>: makes this box one of the city's.</summary>
internal static class EnrollCommand
{
    private static readonly Argument<string?> Code = new("code") { Description = "The one-time code for this box.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string> City = new("--city") { Description = "The city's door for boxes, https://HOST:PORT.", Required = true };
    private static readonly Option<string?> Csv = new("--csv") { Description = "A list of codes for many boxes, as 'fleet enroll-csv' prints it; this box takes its own line." };
    private static readonly Option<string?> Device = new("--device") { Description = "Which line is this box's. Default: the one with its serial number or machine id." };
    private static readonly Option<string?> Fingerprint = new("--fingerprint") { Description = "Fingerprint of the city's authority, when the code is the short one of eight." };
    private static readonly Option<string> Settings = new("--settings") { Description = "The settings file that 'edge run' is given; what stands there already is kept.", DefaultValueFactory = _ => "edge.json" };
    private static readonly Option<string> Data = new("--data") { Description = "Folder of the agent's data.", DefaultValueFactory = _ => "data/edge" };

    public static Command Create(TimeProvider time)
    {
        var command = new Command("enroll", "Get this box its certificate and settings for a one-time code.") { Code, City, Csv, Device, Fingerprint, Settings, Data };
        command.SetAction((parsed, stop) => RunAsync(parsed, time, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider time, CancellationToken stop)
    {
        if (!Uri.TryCreate(parsed.GetRequiredValue(City), UriKind.Absolute, out var city) || city.Scheme != Uri.UriSchemeHttps)
        {
            throw new EnrollException($"--city wants an address like https://city.example:8443, not '{parsed.GetRequiredValue(City)}'.", isWrongUse: true);
        }

        var code = CodeOf(parsed);
        var (settings, data) = (parsed.GetRequiredValue(Settings), Path.GetFullPath(parsed.GetRequiredValue(Data)));
        var identity = BoxIdentity.In(data);
        var grant = await new Enroller(city, time).EnrolAsync(code, identity, stop);
        new AssignmentFile(data).Forget(); // What the city just said is newer.
        EnrolledSettings.Write(settings, data, grant, city, identity);
        WipedMark.Remove(data);
        identity.Settle();
        DataOwner.TakeOver(data, identity.Folder);
        await Console.Out.WriteLineAsync(
            $"enrolled {grant.DeviceId}{(grant.TruckId is { } truck ? $" on {truck}" : ", on no truck yet")}. Settings: {settings}. Next: edge doctor --settings {settings}, then edge run --settings {settings}");
        return 0;
    }

    private static EnrolmentCode CodeOf(ParseResult parsed)
    {
        var (typed, csv) = (parsed.GetValue(Code), parsed.GetValue(Csv));
        if (typed is null == csv is null)
        {
            throw new EnrollException("Give the code, or --csv FILE, and not both.", isWrongUse: true);
        }

        typed ??= CodeList.CodeOf(csv!, parsed.GetValue(Device) is { } device ? [device] : HardwareIds.Of());
        if (!EnrolmentCode.TryParse(typed, out var code))
        {
            throw new EnrollException($"'{typed}' is not a code: six groups of four letters and digits, or the first two and --fingerprint.", isWrongUse: true);
        }

        var given = parsed.GetValue(Fingerprint) is { } text ? Base32.Normalise(text) ?? "" : null;
        if (given is not null && given.Length != EnrolmentCode.FingerprintDigits)
        {
            throw new EnrollException($"--fingerprint is the last four groups of any code of this city, {EnrolmentCode.FingerprintDigits} letters and digits.", isWrongUse: true);
        }

        return code with
        {
            Fingerprint = given ?? code.Fingerprint ?? throw new EnrollException("The code is the short one: give the city's fingerprint with --fingerprint, or this box could not tell the city from an impostor.", isWrongUse: true),
        };
    }
}
