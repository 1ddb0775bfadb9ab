using CleanStreets.Benchmarks;

switch (args)
{
    case ["mqtt-receive", var port]:
        await MqttReceive.RunAsync(int.Parse(port));
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: CleanStreets.Benchmarks mqtt-receive PORT");
        return 2;
}
