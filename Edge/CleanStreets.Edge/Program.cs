using System.CommandLine;
using CleanStreets.Contracts.Processes;
using CleanStreets.Edge;
using CleanStreets.Edge.Aim;
using CleanStreets.Edge.Detect;
using CleanStreets.Edge.Doctor;
using CleanStreets.Edge.Enroll;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Simulate;
using CleanStreets.Edge.Upgrade;

#pragma warning disable RS0030 // The composition root names the wall clock.
var time = TimeProvider.System;
#pragma warning restore RS0030

StarterWatch.Begin();
var root = new RootCommand("CleanStreets on the truck.") { SimulateCommand.Create(time), DetectCommand.Create(), RunCommand.Create(time), EnrollCommand.Create(time), DoctorCommand.Create(time), AimCommand.Create(time), SetAsideCommand.Create(), TryModelCommand.Create() };
return await CommandLine.RunAsync(root, args);
