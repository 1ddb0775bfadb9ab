using System.Net.WebSockets;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Client.Transport;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>What the upgrade request of a WebSocket says.</summary>
public sealed class WebSocketTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upgrade_carries_path_query_headers_and_sub_protocol()
    {
        var seen = new TaskCompletionSource<(string Path, string Header, string Protocol)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(async context =>
        {
            var request = context.Request;
            seen.TrySetResult((request.Path + request.QueryString, request.Headers["X-Gateway"]!, request.Headers.SecWebSocketProtocol!));
            using var socket = await context.WebSockets.AcceptWebSocketAsync("mqtt");
            var buffer = new byte[1024];
            await socket.ReceiveAsync(buffer, Token);
            await socket.SendAsync(new byte[] { 0x20, 2, 0, 0 }, WebSocketMessageType.Binary, endOfMessage: true, Token);
            while (!(await socket.ReceiveAsync(buffer, Token)).CloseStatus.HasValue)
            {
                // Nobody asks for more.
            }
        });
        await using var client = Broker.NewClient(new MqttClientOptions
        {
            ClientId = "c",
            Port = Port(server),
            ProtocolVersion = MqttProtocolVersion.V311,
            WebSocket = new MqttClientWebSocketOptions
            {
                PathAndQuery = "/$iothub/websocket?iothub-no-client-cert=true",
                Headers = new Dictionary<string, string> { ["X-Gateway"] = "token" },
            },
        });
        await client.StartAsync(Token);
        await client.WaitConnectedAsync(Token).WaitAsync(Eventually.Patience, Token);
        (await seen.Task).ShouldBe(("/$iothub/websocket?iothub-no-client-cert=true", "token", "mqtt"));
        await client.StopAsync(Token);
    }

    [Theory]
    [InlineData(true, "sub-protocol")]
    [InlineData(false, "404")]
    public async Task Server_that_does_not_speak_mqtt_there_is_refused_with_a_sentence(bool accepts, string expected)
    {
        await using var server = await StartAsync(async context =>
        {
            if (accepts)
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        });
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = Port(server), WebSocket = new MqttClientWebSocketOptions() });
        var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionChanged += change => lost.TrySetResult(change.Detail);
        await client.StartAsync(Token);
        (await lost.Task.WaitAsync(Eventually.Patience, Token)).ShouldContain(expected);
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate handler)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(handler);
        await app.StartAsync(Token);
        return app;
    }

    private static int Port(WebApplication app) => new Uri(app.Urls.Single()).Port;
}
