using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.IotHub.Provisioning;
using CleanStreets.Edge.Publish;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.IotHub;

/// <summary>The way to the city through Azure IoT Hub. Holds the connection to the hub that the device belongs to, now and after it was moved to another.</summary>
internal sealed class HubLink(TruckStatus will, IHubAssignment assignment, HubOptions options, TimeProvider time, ILoggerFactory loggers) : ICityLink
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _logger = loggers.CreateLogger<HubLink>();
    private TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HubConnection? _connection;
    private Task _running = Task.CompletedTask;
    private TruckStatus? _newest;

    /// <inheritdoc/>
    public bool IsConnected => Volatile.Read(ref _connection) is { IsUp: true };

    /// <inheritdoc/>
    public Task StartAsync(LinkHandlers handlers, CancellationToken cancellationToken)
    {
        var mine = handlers with
        {
            Changed = change =>
            {
                if (change.IsUp)
                {
                    Volatile.Read(ref _up).TrySetResult();
                }
                else if (Volatile.Read(ref _up).Task.IsCompleted)
                {
                    Volatile.Write(ref _up, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                }

                handlers.Changed(change);
            },
        };
        _running = Task.Run(() => RunAsync(mine), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task WaitConnectedAsync(CancellationToken cancellationToken) => Task.WhenAny(Volatile.Read(ref _up).Task, _running).Unwrap().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SendResult> SendAsync(EncodedBatch batch, CancellationToken cancellationToken) =>
        (Volatile.Read(ref _connection) ?? throw new MqttLinkLostException("There is no hub to send to yet.")).SendAsync(batch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SayAsync(TruckStatus status, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _newest, status);
        Volatile.Read(ref _connection)?.Say(status);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _connection) is { } connection)
        {
            await connection.StopAsync(cancellationToken);
        }

        await _stop.CancelAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(LinkHandlers handlers)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var identity = await assignment.GetAsync(why => handlers.Changed(new LinkChange(IsUp: false, why)), _stop.Token);
                await using var connection = new HubConnection(identity, assignment.MayChange, will, options, handlers, time, loggers);
                Volatile.Write(ref _connection, connection);
                if (Volatile.Read(ref _newest) is { } newest)
                {
                    connection.Say(newest);
                }

                try
                {
                    if (!await connection.RunAsync(_stop.Token))
                    {
                        IotHubLog.AskingAgain(_logger, identity.DeviceId, HubConnection.TriesBeforeReassignment);
                        assignment.Forget();
                    }
                }
                finally
                {
                    Volatile.Write(ref _connection, null);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Our own stop.
        }
    }
}
