using System.CommandLine;
using System.Globalization;
using CleanStreets.Contracts;

namespace CleanStreets.Dashboard.Fleet;

/// <summary><c>fleet …</c>: the registry of boxes from the command line, whether the dashboard runs or not.</summary>
internal sealed class FleetCommands
{
    private const string Operator = "command line";

    private readonly TimeProvider _time;
    private readonly Option<string> _data = new("--data") { Description = "The dashboard's own folder.", DefaultValueFactory = _ => Path.Combine("data", "dashboard") };
    private readonly Option<string[]> _names = new("--name") { Description = "Name or address under which boxes reach the city; may be given several times.", DefaultValueFactory = _ => ["localhost"] };
    private readonly Option<string?> _truck = new("--truck") { Description = "The truck that the box sits on from its enrolment on." };
    private readonly Option<int> _days = new("--days") { Description = "How long the code can be used, 1 to 90 days.", DefaultValueFactory = _ => 7 };
    private readonly Option<DateTimeOffset?> _from = new("--from") { Description = "Since when, with zone: 2026-11-26T05:00Z. Default: now." };
    private readonly Argument<string> _device = new("device") { Description = "The box." };
    private readonly Argument<string[]> _devices = new("device") { Description = "The boxes.", Arity = ArgumentArity.OneOrMore };
    private readonly Argument<string> _onTruck = new("truck") { Description = "The truck; - takes the box off its truck." };
    private readonly Argument<string> _file = new("file") { Description = "CSV with deviceId,truckId (the truck may be empty)." };

    public FleetCommands(TimeProvider time)
    {
        _time = time;
        Root = new Command("fleet", "The boxes on the trucks: codes, certificates, and which box sits on which truck.")
        {
            Verb("init", "Make the city's authority and the files for ingest, and say where they are.", [_names, _data], Init),
            Verb("codes", "Make one-time enrolment codes.", [_devices, _truck, _days, _data], Codes),
            Verb("enroll-csv", "Make codes for many boxes; prints deviceId,truckId,code,endsAt.", [_file, _days, _data], Csv),
            Verb("list", "Say how every box is.", [_data], List),
            Verb("assign", "Say which truck a box sits on.", [_device, _onTruck, _from, _data], Assign),
            Verb("revoke", "Take a box's certificates back; its links are cut.", [_device, _data], (parsed, fleet) => fleet.Registry.Revoke(Device(parsed.GetRequiredValue(_device)), Operator)),
            Verb("wipe", "Have a box forget everything when it next has a link.", [_device, _data], (parsed, fleet) => fleet.Registry.Wipe(Device(parsed.GetRequiredValue(_device)), Operator)),
        };
    }

    public Command Root { get; }

    private Command Verb(string name, string description, IEnumerable<Symbol> symbols, Action<ParseResult, Opened> run)
    {
        var verb = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
            {
                verb.Add(option);
            }
            else
            {
                verb.Add((Argument)symbol);
            }
        }

        verb.SetAction((parsed, _) => DashboardCommands.GuardAsync(() =>
        {
            var database = FleetDatabase.Open(Path.GetFullPath(parsed.GetRequiredValue(_data)));
            using var authority = CityAuthority.Open(database, _time);
            var files = new FleetFiles(database, authority, _time);
            try
            {
                run(parsed, new Opened(new BoxRegistry(database, authority, files, _time), files));
                return Task.FromResult(0);
            }
            catch (FleetException refused)
            {
                throw new DashboardStartException(refused.Message, refused);
            }
        }));
        return verb;
    }

    private void Init(ParseResult parsed, Opened fleet)
    {
        fleet.Files.Write();
        fleet.Files.EnsureDoor(parsed.GetRequiredValue(_names));
        Console.WriteLine($"fingerprint {fleet.Registry.Fingerprint}");
        Console.WriteLine($"files {fleet.Files.Folder}");
    }

    private void Codes(ParseResult parsed, Opened fleet)
    {
        var (devices, truck) = (parsed.GetRequiredValue(_devices), parsed.GetValue(_truck));
        if (truck is not null && devices.Length > 1)
        {
            throw new DashboardStartException("--truck is for one box: for many, write deviceId,truckId into a CSV file and use 'fleet enroll-csv'.");
        }

        Print(fleet, [.. devices.Select(device => (Device(device), truck is null ? (TruckId?)null : Truck(truck)))], Validity(parsed));
    }

    private void Csv(ParseResult parsed, Opened fleet) => Print(fleet, BoxCsv.Read(parsed.GetRequiredValue(_file)), Validity(parsed));

    private static void Print(Opened fleet, IReadOnlyList<(DeviceId Device, TruckId? Truck)> boxes, TimeSpan validity)
    {
        Console.WriteLine("deviceId,truckId,code,endsAt");
        foreach (var (device, truck) in boxes)
        {
            var (code, endsAt) = fleet.Registry.MakeCode(device, truck, validity, Operator);
            Console.WriteLine($"{device},{truck},{code},{endsAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture)}");
        }
    }

    private static void List(ParseResult parsed, Opened fleet)
    {
        Console.WriteLine("deviceId,state,truckId,since,certificateEndsAt,codeEndsAt");
        foreach (var box in fleet.Registry.List())
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{box.DeviceId},{(box.WipeWanted ? "wipe wanted" : Word(box.State))},{box.TruckId},{box.AssignedFrom:u},{box.CertificateEndsAt:u},{box.CodeEndsAt:u}"));
        }
    }

    private static string Word(BoxState state) => DashboardJson.Text(state).Trim('"');

    private void Assign(ParseResult parsed, Opened fleet)
    {
        var truck = parsed.GetRequiredValue(_onTruck);
        foreach (var readings in fleet.Registry.Assign(Device(parsed.GetRequiredValue(_device)), truck == "-" ? null : Truck(truck), parsed.GetValue(_from), Operator))
        {
            Console.WriteLine($"note: {readings.Text}");
        }
    }

    private TimeSpan Validity(ParseResult parsed) => parsed.GetValue(_days) is >= 1 and <= FleetApi.MaxCodeDays and var days
        ? TimeSpan.FromDays(days)
        : throw new DashboardStartException($"--days is 1 to {FleetApi.MaxCodeDays}.");

    private static DeviceId Device(string text) => DeviceId.TryCreate(text, out var id) ? id : throw Wrong(text, "box");

    private static TruckId Truck(string text) => TruckId.TryCreate(text, out var id) ? id : throw Wrong(text, "truck");

    private static DashboardStartException Wrong(string text, string what) => new($"'{text}' is not the name of a {what}: 1 to 64 letters, digits, '.', '_' or '-'.");

    private sealed record Opened(BoxRegistry Registry, FleetFiles Files);
}
