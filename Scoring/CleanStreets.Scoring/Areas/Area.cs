namespace CleanStreets.Scoring.Areas;

/// <summary>A part of the city that is told by itself: a district, a neighbourhood, a zone drawn on the map.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Shape">Where it lies.</param>
public sealed record Area(string Name, AreaShape Shape);
