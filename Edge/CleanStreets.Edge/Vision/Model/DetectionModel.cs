using System.Security.Cryptography;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Runtime;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Vision.Model;

/// <summary>A YOLO model, ready to look at pictures.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class DetectionModel : IDisposable
{
    private readonly OrtSession _session;
    private readonly LabelMap _labels;
    private readonly float _overlap;
    private readonly Letterbox _letterbox;
    private readonly YoloDecoder _decoder;
    private readonly List<Candidate> _candidates = [];

    private DetectionModel(string path, OrtSession session, LabelMap labels, VisionSettings settings)
    {
        (_session, _labels, _overlap) = (session, labels, settings.Overlap);
        (Width, Height) = Size(session, settings.InputSize);
        session.Shape(1, Picture.Channels, Height, Width);
        Shape = Recognise(session, labels.Labels.Count);
        _letterbox = new Letterbox(Width, Height, InputConvention.Of(Shape.Layout));
        _decoder = new YoloDecoder(Shape, Width, Height);
        Card = ModelCardFile.Find(path, session);
        Version = Card?.Version ?? session.Metadata("version") ?? $"{Path.GetFileNameWithoutExtension(path)}-{Hash(path)}";
    }

    /// <summary>Width of its input, pixels.</summary>
    public int Width { get; }

    /// <summary>Height of its input, pixels.</summary>
    public int Height { get; }

    /// <summary>Its recognised output.</summary>
    public OutputShape Shape { get; }

    /// <summary>Its version: the card's, the file's own, or the file's name with the beginning of its SHA-256.</summary>
    public string Version { get; }

    /// <summary>What is known about how well it sees; null when the file says nothing.</summary>
    public ModelCard? Card { get; }

    /// <summary>The model's labels and what they mean.</summary>
    public LabelMap Labels => _labels;

    /// <summary>Loads a model and tries it once.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="labels">Its labels, in its order.</param>
    /// <param name="settings">What they mean.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <exception cref="VisionException">It is missing, no ONNX model, no YOLO model, or the labels are not its own.</exception>
    public static DetectionModel Open(string path, IReadOnlyList<string> labels, VisionSettings settings, int threads)
    {
        if (!File.Exists(path))
        {
            throw new VisionException($"The model {path} is not there.");
        }

        var library = OrtLibrary.Load();
        OrtSession? session = null;
        try
        {
            session = new OrtSession(library, path, threads);
            return new DetectionModel(path, session, new LabelMap(labels, settings), settings);
        }
        catch (OrtException ex)
        {
            session?.Dispose();
            throw new VisionException($"{path} cannot be run as an ONNX model (ONNX Runtime {library.Version}): {ex.Message}", ex);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Looks at a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="into">Takes what was found, surest first; cleared before.</param>
    /// <exception cref="VisionException">The model failed.</exception>
    public void Find(Picture picture, List<Finding> into)
    {
        into.Clear();
        _letterbox.Fill(picture, _session.Input);
        _candidates.Clear();
        try
        {
            using var output = _session.Run();
            _decoder.Decode(output.Values, _labels.Threshold, _candidates);
        }
        catch (OrtException ex)
        {
            throw new VisionException($"The model {Version} failed: {ex.Message}", ex);
        }

        NonMaximumSuppression.Reduce(_candidates, _overlap);
        foreach (var (box, label, confidence) in _candidates)
        {
            into.Add(new Finding(_letterbox.ToPicture(box), _labels.Labels[label], _labels.Role(label), _labels.Kind(label), confidence));
        }
    }

    /// <summary>One bare run on the input as it is: what the runtime alone costs.</summary>
    public void RunOnly() => _session.Run().Dispose();

    public void Dispose() => _session.Dispose();

    private static (int Width, int Height) Size(OrtSession session, int open)
    {
        var shape = $"[{string.Join(", ", session.InputDimensions)}]";
        if (session.Inputs != 1 || session.InputType != OrtShape.Float || session.InputDimensions is not [-1 or 1, Picture.Channels, var height, var width])
        {
            throw new VisionException(
                $"The model takes {session.Inputs} input(s), the first of type {session.InputType} and shape {shape}; wanted is one of float32 (type 1) and shape [1, 3, height, width].");
        }

        return (width < 1 ? open : (int)width, height < 1 ? open : (int)height);
    }

    private OutputShape Recognise(OrtSession session, int labels)
    {
        session.Input.Fill(0.5f);
        using var output = session.Run();
        var shape = OutputShape.Recognise(output.Dimensions, Width, Height, labels);
        return shape.Layout == OutputLayout.YoloX
            && OutputShape.IsInPixels(output.Values, labels + 5, OutputShape.CellGrid(Width, Height, shape.Boxes), Width)
            ? shape with { Layout = OutputLayout.YoloXPixels }
            : shape;
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file))[..8];
    }
}
