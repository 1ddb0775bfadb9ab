using System.Buffers;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Ingest.Publish;

/// <summary>Writes scores as <see cref="ContractJson"/> does, byte for byte, in a fraction of its time: thousands a second are published.</summary>
/// <remarks>One owner; its memory is used again for each score.</remarks>
internal sealed class ScoreJsonWriter : IDisposable
{
    private static readonly JsonEncodedText[] GradeNames = [.. Grades.All.Select(grade => JsonEncodedText.Encode(grade.Name()))];
    private static readonly JsonEncodedText NotSeen = JsonEncodedText.Encode("not_seen");
    private static readonly JsonEncodedText Seen = JsonEncodedText.Encode("seen");

    private readonly ArrayBufferWriter<byte> _bytes = new(2048);
    private readonly Utf8JsonWriter _json;

    public ScoreJsonWriter() => _json = new Utf8JsonWriter(_bytes, new JsonWriterOptions { SkipValidation = true });

    /// <summary>The score in UTF-8, in an array of its own.</summary>
    public byte[] Write(SegmentScore score)
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString(Name.SegmentId, score.SegmentId.Value);
        _json.WriteString(Name.NetworkVersion, score.NetworkVersion);
        _json.WriteString(Name.Method, score.Method);
        _json.WriteString(Name.AsOf, score.AsOf);
        WriteVerdict(score.State, score.Grade, score.Index, score.Low, score.High);
        WriteProbabilities(score.Probabilities);
        _json.WriteNumber(Name.Coverage, score.Coverage);
        if (score.NewestObservationAt is { } newest)
        {
            _json.WriteString(Name.NewestObservationAt, newest);
        }

        _json.WriteNumber(Name.SampleSize, score.SampleSize);
        WriteSides(score.Sides);
        WriteViews(score.Views);
        _json.WriteNumber(Name.PendingConfirmations, score.PendingConfirmations);
        _json.WriteEndObject();
        _json.Flush();
        return _bytes.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();

    private void WriteVerdict(ScoreState state, Grade? grade, double? index, double? low, double? high)
    {
        _json.WriteString(Name.State, state == ScoreState.Seen ? Seen : NotSeen);
        if (grade is { } letter)
        {
            _json.WriteString(Name.Grade, GradeNames[(int)letter]);
        }

        WriteNumber(Name.Index, index);
        WriteNumber(Name.Low, low);
        WriteNumber(Name.High, high);
    }

    private void WriteProbabilities(IReadOnlyDictionary<string, double>? probabilities)
    {
        if (probabilities is null)
        {
            return;
        }

        _json.WriteStartObject(Name.Probabilities);
        foreach (var (grade, probability) in probabilities)
        {
            if (Grades.TryParse(grade, out var known))
            {
                _json.WriteNumber(GradeNames[(int)known], probability);
            }
            else
            {
                _json.WriteNumber(grade, probability);
            }
        }

        _json.WriteEndObject();
    }

    private void WriteSides(SideScores? sides)
    {
        if (sides is null)
        {
            return;
        }

        _json.WriteStartObject(Name.Sides);
        WriteSide(Name.Left, sides.Left);
        WriteSide(Name.Right, sides.Right);
        _json.WriteEndObject();
    }

    private void WriteSide(JsonEncodedText name, SideScore? side)
    {
        if (side is null)
        {
            return;
        }

        _json.WriteStartObject(name);
        WriteVerdict(side.State, side.Grade, side.Index, side.Low, side.High);
        _json.WriteNumber(Name.SampleSize, side.SampleSize);
        _json.WriteEndObject();
    }

    private void WriteViews(IReadOnlyDictionary<string, MethodView>? views)
    {
        if (views is null)
        {
            return;
        }

        _json.WriteStartObject(Name.Views);
        foreach (var (name, view) in views)
        {
            _json.WriteStartObject(name);
            _json.WriteNumber(Name.Grade, view.Grade);
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
    }

    private void WriteNumber(JsonEncodedText name, double? number)
    {
        if (number is { } value)
        {
            _json.WriteNumber(name, value);
        }
    }

    private static class Name
    {
        public static readonly JsonEncodedText SegmentId = JsonEncodedText.Encode("segmentId");
        public static readonly JsonEncodedText NetworkVersion = JsonEncodedText.Encode("networkVersion");
        public static readonly JsonEncodedText Method = JsonEncodedText.Encode("method");
        public static readonly JsonEncodedText AsOf = JsonEncodedText.Encode("asOf");
        public static readonly JsonEncodedText State = JsonEncodedText.Encode("state");
        public static readonly JsonEncodedText Grade = JsonEncodedText.Encode("grade");
        public static readonly JsonEncodedText Index = JsonEncodedText.Encode("index");
        public static readonly JsonEncodedText Low = JsonEncodedText.Encode("low");
        public static readonly JsonEncodedText High = JsonEncodedText.Encode("high");
        public static readonly JsonEncodedText Probabilities = JsonEncodedText.Encode("probabilities");
        public static readonly JsonEncodedText Coverage = JsonEncodedText.Encode("coverage");
        public static readonly JsonEncodedText NewestObservationAt = JsonEncodedText.Encode("newestObservationAt");
        public static readonly JsonEncodedText SampleSize = JsonEncodedText.Encode("sampleSize");
        public static readonly JsonEncodedText Sides = JsonEncodedText.Encode("sides");
        public static readonly JsonEncodedText Left = JsonEncodedText.Encode("left");
        public static readonly JsonEncodedText Right = JsonEncodedText.Encode("right");
        public static readonly JsonEncodedText Views = JsonEncodedText.Encode("views");
        public static readonly JsonEncodedText PendingConfirmations = JsonEncodedText.Encode("pendingConfirmations");
    }
}
