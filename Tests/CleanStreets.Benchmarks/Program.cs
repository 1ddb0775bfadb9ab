using CleanStreets.Benchmarks.Agent;
using CleanStreets.Benchmarks.Ingest;
using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Mqtt;
using CleanStreets.Benchmarks.Recover;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Benchmarks.Vision;

#pragma warning disable RS0030 // The composition root names the wall clock.
var time = TimeProvider.System;
#pragma warning restore RS0030

if (args is ["serve", "receiver", .. var tls])
{
    await ReceiverProcess.RunAsync(time, tls);
    return 0;
}

Row[] rows =
[
    ReceiveRow.Bulk, ReceiveRow.Many, new TlsRow(), new AllocationRow(), new FanOutRow(), new IdleConnectionsRow(), new ReconnectRow(), new CodecRow(), new FuzzRow(),
    PipelineRow.Bulk, PipelineRow.Many, PipelineRow.Batches, new SystemCallsRow(), new LatencyRow(time), new StoppedStoreRow(time),
    new MatchRow(), new ScoreRow(time), new DetectionRow(), new AgentRow(time), new SpoolRow(time),
    new RestartRow(time, readings: 10_000_000, behindSnapshot: 1_000_000),
];
return await BenchCommand.RunAsync(time, rows, args);
