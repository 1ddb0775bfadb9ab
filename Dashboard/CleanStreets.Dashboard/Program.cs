using System.CommandLine;
using CleanStreets.Contracts.Processes;
using CleanStreets.Dashboard;

#pragma warning disable RS0030 // The composition root is where the wall clock comes from.
var commands = new DashboardCommands(TimeProvider.System);
#pragma warning restore RS0030

StarterWatch.Begin();
var parsed = commands.Root.Parse(args);
if (parsed.Action is System.CommandLine.Invocation.ParseErrorAction)
{
    Console.Error.WriteLine($"{string.Join(' ', parsed.Errors.Select(error => error.Message))} See --help.");
    return DashboardCommands.WrongUse;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
