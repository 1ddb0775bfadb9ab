using System.CommandLine;
using CleanStreets.Launcher.Commands;

#pragma warning disable RS0030 // The composition root names the wall clock.
var time = TimeProvider.System;
#pragma warning restore RS0030

var root = new RootCommand("CleanStreets: street cleanliness, scored live from sanitation trucks.")
{
    DemoCommand.Create(time),
    UpCommand.Create(time),
    StreetsCommand.Create(),
    MatchCommand.Create(),
    IndexCommand.Create(),
    AreasCommand.Create(),
    CalibrateCommand.Create(),
};
foreach (var (name, description) in OtherPrograms.Verbs)
{
    root.Add(new Command(name, description)); // Listed for --help; ./cleanstreets hands these to their own programs.
}

return await CommandLine.RunAsync(root, args);
