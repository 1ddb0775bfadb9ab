using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CleanStreets.Edge.Aim;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Aim;

/// <summary>The real program with a camera of pictures, and a phone.</summary>
internal sealed class AimBench : IAsyncDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly TemporaryFolder _folder;

    private AimBench(Uri page, string code, ProductProgram program, TemporaryFolder folder) => (Code, Program, _folder, Phone) = (code, program, folder, new HttpClient(new HttpClientHandler { CookieContainer = _cookies }) { BaseAddress = page });

    public string Code { get; }

    /// <summary>What lets the phone in.</summary>
    public string Token => _cookies.GetAllCookies()["aim"]!.Value;

    public ProductProgram Program { get; }

    public HttpClient Phone { get; }

    public string CameraFile => _folder.Combine("camera.json");

    public string Data => _folder.Combine("data");

    /// <summary>A file beside the camera's.</summary>
    public string Combine(string name) => _folder.Combine(name);

    /// <summary>Starts it.</summary>
    /// <param name="source">Pictures.</param>
    /// <param name="model">The model; none: one that is not there.</param>
    /// <param name="labels">Its labels.</param>
    public static async Task<AimBench> StartAsync(string source, string model = "missing.onnx", string labels = "missing.txt")
    {
        var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.Combine("camera.json"),
            $$"""
            {
              // Over the right mirror.
              "cameraId": "front", "source": {{Text(source)}}, "model": {{Text(model)}}, "labels": {{Text(labels)}},
              "mounting": { "calibrationId": "c-1", "heightMetres": 2.00, "pitchDegrees": 20, "horizontalFieldOfViewDegrees": 90, "region": { "maxDistanceMetres": 11 } },
            }
            """);
        var program = ProductProgram.Start(
            "Edge/CleanStreets.Edge", "aim", "--camera", folder.Combine("camera.json"), "--data", folder.Combine("data"), "--truck", "truck-017", "--listen", "127.0.0.1:0");
        var ready = await program.ReadyAsync(Eventually.Patience);
        return new AimBench(new Uri($"http://{ProductProgram.ValueOf(ready, "http")}"), ProductProgram.ValueOf(ready, "code"), program, folder);
    }

    public async Task EnterAsync()
    {
        using var answer = await SendAsync("/api/enter", new CodeWish(Code));
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    public Task<AimState> StateAsync() => Phone.GetFromJsonAsync("/api/state", AimJson.Default.AimState, TestContext.Current.CancellationToken)!;

    /// <summary>Sends as the page does.</summary>
    public async Task<HttpResponseMessage> SendAsync<T>(string path, T body, bool isPage = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(JsonSerializer.Serialize(body, typeof(T), AimJson.Default)) };
        if (isPage)
        {
            request.Headers.Add("X-Aim", "1");
        }

        return await Phone.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends, and gives what the page then shows.</summary>
    public async Task<AimState> ChangeAsync<T>(string path, T body)
    {
        using var answer = await SendAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize(text, AimJson.Default.AimState)!;
    }

    public async ValueTask DisposeAsync()
    {
        Phone.Dispose();
        await Program.DisposeAsync();
        _folder.Dispose();
    }

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
