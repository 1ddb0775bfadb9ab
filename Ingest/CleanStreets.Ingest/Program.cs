using System.CommandLine;
using CleanStreets.Contracts.Processes;
using CleanStreets.Ingest.Verbs;

#pragma warning disable RS0030 // The composition root is the one place that names the wall clock.
var time = TimeProvider.System;
#pragma warning restore RS0030

StarterWatch.Begin();
var root = new RootCommand("CleanStreets ingestion: readings in, scores out.")
{
    RunCommand.Create(time),
    JournalCheckCommand.Create(),
    PassesCommand.Create(),
    RescoreCommand.Create(time),
    BrokerCommand.Create(time),
};
var parsed = root.Parse(args);
return parsed.Errors.Count > 0 ? await Misuse.SayAsync(parsed) : await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
