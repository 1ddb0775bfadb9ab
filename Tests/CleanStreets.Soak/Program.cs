using System.CommandLine;
using CleanStreets.Soak;

#pragma warning disable RS0030 // The composition root names the wall clock.
var time = TimeProvider.System;
#pragma warning restore RS0030

var rounds = new Option<int?>("--rounds") { Description = "How often the fault happens; each fault has a default of its own." };
var trucks = new Option<int>("--trucks") { Description = "Trucks that send all the while.", DefaultValueFactory = _ => 20 };
var seed = new Option<int>("--seed") { Description = "Seed of everything random.", DefaultValueFactory = _ => Environment.TickCount };
var minutes = new Option<double>("--minutes") { Description = "store: how long the store is away, each round.", DefaultValueFactory = _ => 60 };
var root = new RootCommand("Long faults against the real Ingest. The verdict is always one line; exit code 0 only when nothing acknowledged was lost or counted twice.");
foreach (var fault in Fault.All)
{
    var command = new Command(fault.Name, $"{fault.About} Default: {fault.Rounds} rounds.") { rounds, trucks, seed };
    if (fault.Needs == FaultNeeds.Influx)
    {
        command.Add(minutes);
    }

    command.SetAction(async (parsed, _) =>
    {
        await using var soak = new SoakRun(time, parsed.GetValue(trucks), parsed.GetValue(seed)) { Outage = TimeSpan.FromMinutes(parsed.GetValue(minutes)) };
        return await soak.RunAsync(fault, parsed.GetValue(rounds) ?? fault.Rounds);
    });
    root.Add(command);
}

return await root.Parse(args).InvokeAsync();
