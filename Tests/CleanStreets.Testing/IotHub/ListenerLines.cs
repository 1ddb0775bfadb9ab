using System.Collections.Concurrent;
using CleanStreets.Mqtt.Listener;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Testing.IotHub;

/// <summary>What the listener behind the gate says.</summary>
internal sealed class ListenerLines(ConcurrentQueue<string> lines) : ILogger<MqttListener>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue($"{formatter(state, exception)} {exception}");
}
