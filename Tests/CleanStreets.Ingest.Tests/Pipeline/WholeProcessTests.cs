namespace CleanStreets.Ingest.Tests.Pipeline;

/// <summary>Tests that read a counter of the whole process: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(WholeProcessTests), DisableParallelization = true)]
public static class WholeProcessTests;
