namespace CleanStreets.Contracts.Readings;

/// <summary>A side of the street: the vehicle's in a reading, the segment's (seen along its geometry) in evidence.</summary>
public enum Side : byte
{
    /// <summary>The camera could not tell; counts for the segment as a whole.</summary>
    Unknown = 0,

    /// <summary>Left.</summary>
    Left = 1,

    /// <summary>Right.</summary>
    Right = 2,
}

/// <summary>Light at capture.</summary>
public enum Light : byte
{
    /// <summary>Not sent, or a word this version does not know.</summary>
    Unknown = 0,

    /// <summary>Daylight.</summary>
    Day = 1,

    /// <summary>Dusk or dawn.</summary>
    Dusk = 2,

    /// <summary>Night.</summary>
    Night = 3,

    /// <summary>Rain or a wet street.</summary>
    Wet = 4,
}
