using System.CommandLine;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using CleanStreets.Edge.Aim.Look;
using CleanStreets.Edge.Aim.Page;
using CleanStreets.Edge.Aim.Sheet;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Upgrade;
using CleanStreets.Edge.Vision;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Aim;

/// <summary><c>edge aim</c>: a page on the box's own network by which a technician aims and measures the camera.</summary>
internal static class AimCommand
{
    private static readonly Option<string?> Settings = new("--settings") { Description = "The box's settings, JSON: they name the camera's file, and position and clock are checked too." };
    private static readonly Option<string?> Camera = new("--camera") { Description = "The camera's file, JSON, when there are no settings or they name another." };
    private static readonly Option<string?> Data = new("--data") { Description = "Folder for the acceptance sheet. Default: that of the settings, else data/edge." };
    private static readonly Option<string?> Truck = new("--truck") { Description = "The truck, for the sheet. Default: that of the settings." };
    private static readonly Option<string?> Print = new("--print") { Description = "HTML file to write the newest acceptance sheet into; nothing else is done then." };
    private static readonly Option<string> Listen = new("--listen") { Description = "Address and port of the page.", DefaultValueFactory = _ => AimOptions.DefaultListen };

    public static Command Create(TimeProvider time)
    {
        var command = new Command("aim", "Aim and measure the camera with a phone on the box's own network; ends in an acceptance sheet.") { Settings, Camera, Data, Truck, Listen, Print };
        command.SetAction(CommandLine.Stoppable((parsed, stop) => parsed.GetValue(Print) is { } sheet
            ? Task.FromResult(PrintTo(sheet, OptionsOf(parsed)))
            : RunAsync(OptionsOf(parsed), Console.Out, time, stop)));
        return command;
    }

    private static AimOptions OptionsOf(ParseResult parsed)
    {
        var settings = parsed.GetValue(Settings) is { } path ? EdgeSettingsFile.Read(path) : null;
        var camera = parsed.GetValue(Camera) ?? settings?.Camera
            ?? throw new SettingsException(settings is null ? "Which camera? Name the box's settings with --settings, or the camera's file with --camera." : "The settings name no camera: name its file with --camera.");
        var listen = parsed.GetRequiredValue(Listen);
        return IPEndPoint.TryParse(listen, out var address) && listen.Contains(':', StringComparison.Ordinal) && (address.Port != 0 || listen.EndsWith(":0", StringComparison.Ordinal))
            ? new AimOptions(camera, parsed.GetValue(Data) ?? settings?.Data ?? "data/edge", parsed.GetValue(Truck) ?? TruckOf(settings), settings?.DeviceId, settings, address)
            : throw new SettingsException($"--listen '{listen}' is an address and a port, like {AimOptions.DefaultListen}.");
    }

    private static async Task<int> RunAsync(AimOptions options, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        var file = CameraFile.Read(options.Camera);
        var clock = new TruckClock(time);
        using var loggers = LoggerFactory.Create(builder => builder
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "))
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .SetMinimumLevel(LogLevel.Warning));
        PositionKeeper? keeper = null;
        IPositionSource? source = null;
        if (options.Settings?.Position is { } position)
        {
            source = PositionSources.Of(position, clock, loggers);
            keeper = new PositionKeeper(clock, TimeSpan.FromSeconds(position.StaleSeconds));
        }

        var eye = new AimEye(InUse(file, options.Data), clock, loggers.CreateLogger<AimEye>());
        var desk = new AimDesk(options, file, eye, keeper, clock);
        var door = new AimDoor(clock, (code, why) => output.WriteLine($"{why}. Code for another phone: {AimDoor.Readable(code)}"));
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        AimServer server;
        try
        {
            server = await AimServer.StartAsync(options.Listen, desk, eye, door, new AimAccept(options, desk, eye, clock, StoreOf(options)), stop);
        }
        catch (Exception ex) when (ex is IOException or SocketException)
        {
            throw new SettingsException($"Nothing can be served at {options.Listen}: {ex.Message} Name another address or port with --listen.", ex);
        }

        await using (server)
        {
            await SayAsync(output, server.Address, door.Code);
            var looking = eye.RunAsync(ends.Token);
            var placing = source?.RunAsync(fix => { keeper!.Take(fix); return ValueTask.CompletedTask; }, ends.Token) ?? Task.CompletedTask;
            await Task.WhenAny(looking, Task.Delay(Timeout.InfiniteTimeSpan, time, stop)); // The eye ends with a bug only: then everything ends.
            await ends.CancelAsync();
            await looking;
            await placing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await output.WriteLineAsync("stopped: what was not accepted is forgotten");
        return 0;
    }

    private static int PrintTo(string path, AimOptions options)
    {
        try
        {
            var sheet = StoreOf(options).Newest() ?? throw new SettingsException($"No acceptance sheet that this box's key opens lies in {options.Data}: run 'edge aim' and accept first.");
            File.WriteAllText(path, SheetPage.Html(sheet));
            return 0;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The sheet cannot be written to {path}: {ex.Message}", ex);
        }
    }

    private static SheetStore StoreOf(AimOptions options) => new(
        options.Data,
        options.Settings is { } settings
            ? SpoolPlace.Of(settings with { Data = options.Data }, Environment.GetEnvironmentVariable(SpoolPlace.CredentialsVariable))
            : new SpoolOptions { Folder = Path.Combine(options.Data, "spool") },
        NullLogger.Instance);

    /// <summary>The camera with the model that the city has sent, if it has.</summary>
    private static CameraFile InUse(CameraFile file, string data)
    {
        var models = Path.Combine(data, "models");
        return Directory.Exists(models) ? new InstalledModel(models, boot: "").Applied(file) : file;
    }

    private static string TruckOf(EdgeSettings? settings) => settings is null ? "" : new Seat(settings, NullLogger.Instance).TruckId;

    private static async Task SayAsync(TextWriter output, IPEndPoint address, string code)
    {
        var places = Places(address);
        await output.WriteLineAsync($"On the phone, in the box's own network, open {string.Join(" or ", places.Select(place => $"http://{place}/"))}");
        await output.WriteLineAsync($"Code: {AimDoor.Readable(code)}   (or open http://{places[0]}/#{code})");
        await output.WriteLineAsync("Ctrl-C ends it.");
        await output.WriteLineAsync($"ready edge aim http={address} code={code}");
        await output.FlushAsync(CancellationToken.None);
    }

    /// <summary>Addresses of this box under which the page is reached; its own loopback when it is in no network.</summary>
    private static List<string> Places(IPEndPoint address)
    {
        if (!address.Address.Equals(IPAddress.Any) && !address.Address.Equals(IPAddress.IPv6Any))
        {
            return [address.ToString()];
        }

        var own = NetworkInterface.GetAllNetworkInterfaces()
            .Where(net => net.OperationalStatus == OperationalStatus.Up && net.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(net => net.GetIPProperties().UnicastAddresses)
            .Where(unicast => unicast.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(unicast => $"{unicast.Address}:{address.Port}")
            .ToList();
        return own.Count > 0 ? own : [$"127.0.0.1:{address.Port}"];
    }
}
