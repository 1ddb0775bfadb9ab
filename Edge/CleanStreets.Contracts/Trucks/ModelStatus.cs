namespace CleanStreets.Contracts.Trucks;

/// <summary>The detection model on a truck.</summary>
/// <param name="Version">Its version, as in every batch of readings.</param>
/// <param name="About">What it was trained and measured on; absent when nothing is known, and between two statuses that carry the whole card.</param>
/// <param name="Sees">How well it sees, by kind and light; likewise.</param>
public sealed record ModelStatus(string Version, string? About = null, IReadOnlyList<ModelSees>? Sees = null);

/// <summary>How well a model sees one kind in one light.</summary>
/// <param name="Kind">The kind of detection.</param>
/// <param name="Light">day, dusk, night or wet.</param>
/// <param name="Recall">Share of the things there that it finds, 0–1.</param>
/// <param name="FalsePositivesPerPicture">Things it says that are not there, a picture.</param>
/// <param name="Pictures">Labelled pictures it was measured on.</param>
public sealed record ModelSees(string Kind, string Light, double Recall, double FalsePositivesPerPicture, int Pictures);
