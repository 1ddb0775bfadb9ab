using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Enroll;

/// <summary>The settings file of an enrolled box: what the city gave, and around it what stood there before.</summary>
internal static class EnrolledSettings
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Writes the file; one that was there is kept beside it as <c>.before</c>, because its comments are lost.</summary>
    /// <exception cref="EnrollException">It cannot be written, or what stands there is no JSON.</exception>
    public static void Write(string path, string data, CertificateGrant grant, Uri city, BoxIdentity identity)
    {
        try
        {
            var settings = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path), documentOptions: Lenient) as JsonObject ?? [] : [];
            if (File.Exists(path))
            {
                File.Copy(path, path + ".before", overwrite: true);
            }

            settings.Remove("truckId");
            if (grant.TruckId is { } truck)
            {
                settings.Insert(0, "truckId", truck.Value);
            }

            settings["deviceId"] = grant.DeviceId.Value;
            settings["data"] = data;
            settings["city"] = city.ToString();
            settings["mqtt"] = new JsonObject
            {
                ["host"] = grant.MqttHost,
                ["port"] = grant.MqttPort,
                ["tls"] = new JsonObject { ["rootsFile"] = identity.AuthorityFile, ["certificateFile"] = identity.CertificateFile },
            };
            settings["position"] ??= new JsonObject { ["source"] = "gpsd" };
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            WholeFile.Write(path, System.Text.Encoding.UTF8.GetBytes(settings.ToJsonString(Readable) + "\n"));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new EnrollException($"The box is enrolled, and its settings {path} cannot be written: {ex.Message} Mend that and run the same again: the code still counts for this box.", cause: ex);
        }
    }
}
