using System.Text;

namespace CleanStreets.Contracts;

/// <summary>The topics of the contract, under a root that a city may change.</summary>
/// <param name="Root">First levels of every topic. Default: <c>cleanstreets</c>.</param>
public sealed record Topics(string Root = "cleanstreets")
{
    /// <summary>The topics under the default root.</summary>
    public static Topics Default { get; } = new();

    /// <summary>Truck → ingest, QoS 1: a batch of readings, JSON or Protobuf.</summary>
    public string Readings(TruckId truck) => $"{Root}/v1/readings/{truck}";

    /// <summary>Filter over every truck's readings.</summary>
    public string AllReadings => $"{Root}/v1/readings/+";

    /// <summary>Ingest → truck, retained, at most once a second: <see cref="Trucks.StoredMarks"/>.</summary>
    public string Acks(TruckId truck) => $"{Root}/v1/acks/{truck}";

    /// <summary>Truck → all, retained, last will: <see cref="Trucks.TruckStatus"/>.</summary>
    public string Status(TruckId truck) => $"{Root}/v1/status/{truck}";

    /// <summary>Filter over every truck's status.</summary>
    public string AllStatus => $"{Root}/v1/status/+";

    /// <summary>Truck → city, QoS 1: one masked picture, <see cref="Contracts.Evidence.EvidenceMessage"/>.</summary>
    public string Evidence(TruckId truck, string evidenceId) => $"{Root}/v1/evidence/{truck}/{evidenceId}";

    /// <summary>Filter over every truck's evidence.</summary>
    public string AllEvidence => $"{Root}/v1/evidence/+/+";

    /// <summary>City → truck: <see cref="Contracts.Evidence.EvidenceAnswer"/>.</summary>
    public string EvidenceAcks(TruckId truck) => $"{Root}/v1/evidence-acks/{truck}";

    /// <summary>City → truck, retained: desired settings.</summary>
    public string Config(TruckId truck) => $"{Root}/v1/config/{truck}";

    /// <summary>City → box, retained: <see cref="Boxes.BoxAssignment"/>.</summary>
    public string Assignments(DeviceId device) => $"{Root}/v1/assignments/{device}";

    /// <summary>City → box: <see cref="Boxes.BoxRequest"/>.</summary>
    public string Requests(DeviceId device) => $"{Root}/v1/requests/{device}";

    /// <summary>Box → city: <see cref="Boxes.BoxAnswer"/>.</summary>
    public string Answers(DeviceId device) => $"{Root}/v1/answers/{device}";

    /// <summary>Filter over every box's answers.</summary>
    public string AllAnswers => $"{Root}/v1/answers/+";

    /// <summary>City → trucks of a ring, retained: the release of a kind (<c>program</c>, <c>model</c>) that it is offered.</summary>
    public string Release(string ring, string kind) => $"{Root}/v1/releases/{ring}/{kind}";

    /// <summary>Filter over the offers of every ring.</summary>
    public string AllReleases => $"{Root}/v1/releases/+/+";

    /// <summary>Ingest → all, retained: <see cref="Contracts.Scores.SegmentScore"/>.</summary>
    public string Scores(SegmentId segment) => $"{Root}/v1/scores/{segment}";

    /// <summary>Filter over every segment's score.</summary>
    public string AllScores => $"{Root}/v1/scores/+";

    /// <summary>Dashboard → ingest, QoS 1: <see cref="Contracts.Facts.Fact"/>.</summary>
    public string Facts(SegmentId segment) => $"{Root}/v1/facts/{segment}";

    /// <summary>Filter over every segment's facts.</summary>
    public string AllFacts => $"{Root}/v1/facts/+";

    /// <summary>Dashboard → crew, retained, off by default: the order.</summary>
    public string WorkOrders(CrewId crew, OrderId order) => $"{Root}/v1/work-orders/{crew}/{order}";

    /// <summary>The UTF-8 of everything that stands before the truck id in <see cref="Readings"/>, for matching topics without a string.</summary>
    public byte[] ReadingsPrefix => Encoding.UTF8.GetBytes($"{Root}/v1/readings/");

    /// <summary>The UTF-8 of everything that stands before the segment id in <see cref="Facts"/>.</summary>
    public byte[] FactsPrefix => Encoding.UTF8.GetBytes($"{Root}/v1/facts/");

    /// <summary>The UTF-8 of everything that stands before the id in <see cref="Scores"/> and <see cref="Acks"/>: topics that only ingest publishes.</summary>
    public IReadOnlyList<byte[]> IngestOnlyPrefixes => [Encoding.UTF8.GetBytes($"{Root}/v1/scores/"), Encoding.UTF8.GetBytes($"{Root}/v1/acks/")];

    /// <summary>The last level of <paramref name="topic"/>: the id in every topic of this contract.</summary>
    public static ReadOnlySpan<char> LastLevel(ReadOnlySpan<char> topic) => topic[(topic.LastIndexOf('/') + 1)..];
}
