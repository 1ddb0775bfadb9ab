using CleanStreets.Contracts;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Index.Tests;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.Streets;
using CleanStreets.Scoring.Tests.Streets;

namespace CleanStreets.Scoring.Tests.Areas;

/// <summary>Streets of 100 m side by side, each of them wholly in the one area, and what trucks saw there.</summary>
internal sealed class SmallCity
{
    private readonly Dictionary<SegmentId, SegmentEvidence> _evidence = [];

    public SmallCity(int streets)
    {
        Network = StreetNetwork.Create(Enumerable.Range(0, streets).Select(i => TestStreets.Street($"s{i:000}", (0, i * 50), (100, i * 50))));
        Streets = [.. Network.Segments.Select(segment => new AreaStreet(segment, 1))];
    }

    public StreetNetwork Network { get; }

    public IReadOnlyList<AreaStreet> Streets { get; }

    public SegmentEvidence? Evidence(SegmentId segment) => _evidence.GetValueOrDefault(segment);

    /// <summary>A truck passes a street and counts litter on 600 m².</summary>
    public SmallCity Pass(int street, string truck, DateTimeOffset at, int litter)
    {
        var segment = Network.Segments[street];
        if (!_evidence.TryGetValue(segment.Id, out var evidence))
        {
            _evidence[segment.Id] = evidence = new SegmentEvidence(segment.Id, segment.LengthMetres);
        }

        Observation pass = TestPasses.Pass(at, TestPasses.Litter(litter)) with { SegmentId = segment.Id, SegmentIndex = street };
        evidence.Add(pass, TestPasses.Truck(truck));
        return this;
    }
}
