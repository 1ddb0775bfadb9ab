namespace CleanStreets.Edge.Vision.Settings;

/// <summary>What a label is to us.</summary>
internal enum LabelRole
{
    /// <summary>Nothing: said by <c>edge detect</c> only.</summary>
    Other = 0,

    /// <summary>A thing in the street that is reported under a kind.</summary>
    Item = 1,

    /// <summary>A person: masked.</summary>
    Person = 2,

    /// <summary>A vehicle: masked, and hides street.</summary>
    Vehicle = 3,

    /// <summary>A tent or shelter: nothing near it is kept.</summary>
    Shelter = 4,
}
