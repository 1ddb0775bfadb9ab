namespace CleanStreets.Ingest.Admit;

/// <summary>Kinds of items in admission's part of a snapshot. They stand on disk: never reuse one.</summary>
internal static class AdmissionItems
{
    /// <summary>A truck that has a place.</summary>
    public const long Truck = 1;

    /// <summary>Ids of facts.</summary>
    public const long Facts = 2;

    /// <summary>Marks of sessions whose truck gave up its place, by a hash of both names; written by version 1 alone, and carried on.</summary>
    public const long Marks = 3;

    /// <summary>A truck that gave up its place; since version 2.</summary>
    public const long ForgottenTruck = 4;

    /// <summary>Until when a truck of which nothing is known may have been heard; since version 2.</summary>
    public const long Unsure = 5;
}
