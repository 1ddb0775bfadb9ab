using System.Text.Json;
using System.Text.Json.Serialization;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Contracts;

/// <summary>JSON of every contract but the batch of readings, which has codecs of its own. camelCase, enums in snake_case, absent instead of null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(GradeJsonConverter),
        typeof(SnakeCaseEnumConverter<FactKind>),
        typeof(SnakeCaseEnumConverter<ScoreState>),
        typeof(SnakeCaseEnumConverter<TruckState>),
        typeof(SnakeCaseEnumConverter<PositionState>),
        typeof(SnakeCaseEnumConverter<UpgradeState>),
        typeof(SnakeCaseEnumConverter<Side>),
        typeof(SnakeCaseEnumConverter<Light>),
    ])]
[JsonSerializable(typeof(SegmentScore))]
[JsonSerializable(typeof(IReadOnlyList<SegmentScore>))]
[JsonSerializable(typeof(Fact))]
[JsonSerializable(typeof(StoredMarks))]
[JsonSerializable(typeof(EvidenceHeader))]
[JsonSerializable(typeof(EvidenceAnswer))]
[JsonSerializable(typeof(TruckStatus))]
[JsonSerializable(typeof(TruckSettings))]
[JsonSerializable(typeof(CameraAcceptance))]
[JsonSerializable(typeof(CertificateWish))]
[JsonSerializable(typeof(CertificateGrant))]
[JsonSerializable(typeof(EnrolmentProblem))]
[JsonSerializable(typeof(BoxAssignment))]
[JsonSerializable(typeof(BoxRequest))]
[JsonSerializable(typeof(BoxAnswer))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(StreetProperties))]
[JsonSerializable(typeof(IReadOnlyList<ScorePoint>))]
[JsonSerializable(typeof(IReadOnlyList<PassSummary>))]
[JsonSerializable(typeof(ScoreExplanation))]
[JsonSerializable(typeof(IReadOnlyList<PendingConfirmation>))]
[JsonSerializable(typeof(QuarantineReport))]
[JsonSerializable(typeof(QuarantinePage))]
[JsonSerializable(typeof(QuarantineDetail))]
[JsonSerializable(typeof(QuarantineRelease))]
[JsonSerializable(typeof(IReadOnlyList<QuarantineReleaseResult>))]
[JsonSerializable(typeof(QuarantineMapping))]
[JsonSerializable(typeof(QuarantineMappingList))]
[JsonSerializable(typeof(QuarantineMappingTrial))]
[JsonSerializable(typeof(QuarantineMappingAdded))]
[JsonSerializable(typeof(IngestStatus))]
[JsonSerializable(typeof(AreaQuestion))]
[JsonSerializable(typeof(AreaReport))]
[JsonSerializable(typeof(IReadOnlyList<AreaReport>))]
[JsonSerializable(typeof(MeasureHistory))]
public sealed partial class ContractJson : JsonSerializerContext;

/// <summary>Writes an enum as snake_case text and refuses numbers.</summary>
/// <typeparam name="TEnum">The enum.</typeparam>
public sealed class SnakeCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
