using CleanStreets.Contracts.Evidence;
using CleanStreets.Edge.Vision.Privacy;

namespace CleanStreets.Edge.Spool;

/// <summary>A masked picture of one street item on its way to the spool; which reading it belongs to the spool knows once it numbers the reading.</summary>
internal sealed record EvidencePicture
{
    /// <summary>What every id begins with; the time in milliseconds follows.</summary>
    public const string IdPrefix = "e-";

    /// <summary>Its id, as the detection names it.</summary>
    public required string Id { get; init; }

    /// <summary>When the frame was taken.</summary>
    public required DateTimeOffset CapturedAt { get; init; }

    /// <summary>What the detector saw.</summary>
    public required string Kind { get; init; }

    /// <summary>The detector's confidence.</summary>
    public required double Confidence { get; init; }

    /// <summary>Where in the picture the thing is.</summary>
    public required EvidenceBox Box { get; init; }

    /// <summary>What became of people and vehicles.</summary>
    public required EvidenceMask Mask { get; init; }

    /// <summary>The picture.</summary>
    public required MaskedJpeg Jpeg { get; init; }

    /// <summary>The picture as it travels, with the reading that names it.</summary>
    public byte[] ToMessage(SpoolSession session, long sequence) => EvidenceMessage.Write(
        new EvidenceHeader
        {
            TruckId = session.TruckId,
            EvidenceId = Id,
            SessionId = session.SessionId,
            Sequence = sequence,
            CapturedAt = CapturedAt,
            Kind = Kind,
            Confidence = Confidence,
            Box = Box,
            Width = Jpeg.Width,
            Height = Jpeg.Height,
            DeviceId = session.About?.DeviceId,
            CameraId = session.About?.CameraId,
            ModelVersion = session.About?.ModelVersion,
            Mask = Mask,
        },
        Jpeg.Bytes.Span);
}
