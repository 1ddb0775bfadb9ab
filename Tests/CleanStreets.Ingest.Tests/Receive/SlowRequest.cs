using System.Net.Sockets;
using System.Text;
using CleanStreets.Ingest.Receive.Events;

namespace CleanStreets.Ingest.Tests.Receive;

/// <summary>A request whose body stays one byte short until it is finished.</summary>
internal sealed class SlowRequest : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly byte[] _body;

    public SlowRequest(int port, string contentType, string body)
    {
        _body = Encoding.UTF8.GetBytes(body);
        _client.Connect("127.0.0.1", port);
        _client.GetStream().Write(Encoding.ASCII.GetBytes(
            $"POST {EventsApi.Path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {contentType}\r\nContent-Length: {_body.Length}\r\n\r\n"));
        _client.GetStream().Write(_body.AsSpan(..^1));
    }

    /// <summary>Sends what is missing and answers what the server says.</summary>
    public async Task<string> FinishAsync()
    {
        await _client.GetStream().WriteAsync(_body.AsMemory(_body.Length - 1));
        using var reader = new StreamReader(_client.GetStream());
        return await reader.ReadToEndAsync();
    }

    public void Dispose() => _client.Dispose();
}
