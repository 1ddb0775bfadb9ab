using System.Text.Json;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Ground;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Vision;

/// <summary>All there is to say about a box's camera, as it stands in one JSON file: the camera, how it is mounted, the model.</summary>
internal sealed record CameraFile
{
    /// <summary>Name of the camera.</summary>
    public required string CameraId { get; set; }

    /// <summary>Device, stream, recording or folder of pictures.</summary>
    public required string Source { get; set; }

    /// <summary>Frames a second taken from it.</summary>
    public double FramesASecond { get; set; } = 4;

    /// <summary>Seconds between two used frames at the most.</summary>
    public double IntervalSeconds { get; set; } = 1;

    /// <summary>A frame is used as well whenever the truck has driven this far.</summary>
    public double EveryMetres { get; set; } = 4;

    /// <summary>Recordings: as fast as they are looked at, every frame.</summary>
    public bool AsFastAsUsed { get; set; }

    /// <summary>How it sits on the truck.</summary>
    public required CameraMounting Mounting { get; set; }

    /// <summary>Which kerbs it is there for; <c>edge aim</c> holds it to them.</summary>
    public KerbTarget Kerbs { get; set; } = new();

    /// <summary>The ONNX model.</summary>
    public required string Model { get; set; }

    /// <summary>Its labels.</summary>
    public required string Labels { get; set; }

    /// <summary>What they mean; null for what is built in.</summary>
    public string? Settings { get; set; }

    /// <summary>Threads that compute.</summary>
    public int Threads { get; set; } = 1;

    /// <summary>Keep evidence pictures. Default: no.</summary>
    public bool Evidence { get; set; }

    /// <summary>Keep them although the model knows no label of tents and shelters.</summary>
    public bool EvidenceWithoutShelterLabels { get; set; }

    /// <summary>A second model that looks at the same frames, to be compared; null for none. It costs as much processor time again.</summary>
    public TrialModelFile? Trial { get; set; }

    /// <summary>Reads the file. Paths in it that are not absolute start at its folder.</summary>
    /// <exception cref="VisionException">It cannot be read, or says something that cannot be.</exception>
    public static CameraFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new VisionException($"The camera's file {path} cannot be read: {ex.Message}", ex);
        }
    }

    /// <summary>Reads what stands in the file, or shall.</summary>
    /// <exception cref="VisionException">It says something that cannot be.</exception>
    public static CameraFile Parse(ReadOnlySpan<byte> json, string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize(json, VisionJson.Default.CameraFile) ?? throw new VisionException($"{path} is empty.");
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            file.Mounting.Checked();
            file.Kerbs.Checked();
            return file.FramesASecond is > 0 and <= 60 && file.IntervalSeconds is > 0 and <= 60 && file.EveryMetres > 0 && file.Threads is >= 1 and <= 64 && file.CameraId.Length is > 0 and <= 64
                ? file with
                {
                    Model = Path.Combine(folder, file.Model),
                    Labels = Path.Combine(folder, file.Labels),
                    Settings = file.Settings is { } settings ? Path.Combine(folder, settings) : null,
                    Trial = file.Trial?.In(folder),
                    Source = CameraSource.IsLive(file.Source) ? file.Source : Path.Combine(folder, file.Source),
                }
                : throw new VisionException($"{path} is wrong: cameraId has 1 to 64 letters, framesASecond is up to 60, intervalSeconds up to 60, everyMetres above 0, threads 1 to 64.");
        }
        catch (JsonException ex)
        {
            throw new VisionException($"The camera's file {path} is wrong at line {ex.LineNumber + 1}: {ex.Message}", ex);
        }
    }

    /// <summary>The camera's options.</summary>
    public CameraOptions ToCameraOptions() => new()
    {
        CameraId = CameraId,
        Source = Source,
        FramesASecond = FramesASecond,
        Interval = TimeSpan.FromSeconds(IntervalSeconds),
        EveryMetres = EveryMetres,
        AsFastAsUsed = AsFastAsUsed,
    };

    /// <summary>The evidence's options.</summary>
    public EvidenceOptions ToEvidenceOptions() => new() { WithoutShelterLabels = EvidenceWithoutShelterLabels };
}

/// <summary>A model on trial beside the camera's own.</summary>
internal sealed record TrialModelFile
{
    /// <summary>The ONNX model.</summary>
    public required string Model { get; set; }

    /// <summary>Its labels; absent: those of the camera's own model.</summary>
    public string? Labels { get; set; }

    /// <summary>What they mean; absent: as for the camera's own model.</summary>
    public string? Settings { get; set; }

    /// <summary>The same with paths that start at a folder.</summary>
    public TrialModelFile In(string folder) => this with
    {
        Model = Path.Combine(folder, Model),
        Labels = Labels is { } labels ? Path.Combine(folder, labels) : null,
        Settings = Settings is { } settings ? Path.Combine(folder, settings) : null,
    };
}
