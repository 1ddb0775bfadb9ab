namespace CleanStreets.Mqtt.Tests.Support;

/// <summary>Tests that count something of the whole process: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(WholeProcessTests), DisableParallelization = true)]
public static class WholeProcessTests;
