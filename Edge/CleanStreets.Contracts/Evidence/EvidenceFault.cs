namespace CleanStreets.Contracts.Evidence;

/// <summary>Why a message is no evidence picture.</summary>
public enum EvidenceFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Larger than <see cref="EvidenceMessage.MaxBytes"/>.</summary>
    TooLarge,

    /// <summary>No line of JSON in front.</summary>
    NoHeader,

    /// <summary>The line in front cannot be understood.</summary>
    BadHeader,

    /// <summary>It names another truck or another picture than its topic.</summary>
    AnotherTopic,

    /// <summary>What follows is no JPEG.</summary>
    NoJpeg,
}

/// <summary>The words for them.</summary>
public static class EvidenceFaults
{
    /// <summary>A sentence for people.</summary>
    public static string Text(this EvidenceFault fault) => fault switch
    {
        EvidenceFault.None => "It is an evidence picture.",
        EvidenceFault.TooLarge => $"It is larger than {EvidenceMessage.MaxBytes} bytes.",
        EvidenceFault.NoHeader => "It does not begin with a line of JSON.",
        EvidenceFault.BadHeader => "Its first line cannot be understood.",
        EvidenceFault.AnotherTopic => "It names another truck or another picture than its topic.",
        EvidenceFault.NoJpeg => "What follows its first line is no JPEG.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };
}
