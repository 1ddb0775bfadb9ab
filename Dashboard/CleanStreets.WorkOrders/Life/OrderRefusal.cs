using System.Text.Json.Serialization;
using CleanStreets.Contracts;

namespace CleanStreets.WorkOrders;

/// <summary>Why an event was refused. The order is unchanged then.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<OrderRefusal>))]
public enum OrderRefusal : byte
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>This event does not follow from the order's state.</summary>
    NotInThisState = 1,

    /// <summary>The actor's role may not do this.</summary>
    NotInThisRole = 2,

    /// <summary>The order belongs to another crew.</summary>
    AnotherCrews = 3,

    /// <summary>An ending says how it ended.</summary>
    OutcomeMissing = 4,

    /// <summary>Only an ending carries an outcome.</summary>
    OutcomeUnexpected = 5,

    /// <summary>Nothing can be collected before work has started.</summary>
    CollectedWithoutStart = 6,

    /// <summary>An assignment names the crew.</summary>
    CrewMissing = 7,

    /// <summary>A verification, or a reopening by recheck, names the pass that showed it.</summary>
    PassMissing = 8,

    /// <summary>The event id is empty or too long.</summary>
    EventIdInvalid = 9,

    /// <summary>The event id was used before for something else.</summary>
    EventIdReused = 10,
}

/// <summary>Refusals in sentences, for people.</summary>
public static class OrderRefusals
{
    /// <summary>What <paramref name="refusal"/> means and what to do.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a refusal.</exception>
    public static string Message(this OrderRefusal refusal) => refusal switch
    {
        OrderRefusal.None => "Taken.",
        OrderRefusal.NotInThisState => "The order has moved on meanwhile, and this step does not follow from where it stands. Reload it.",
        OrderRefusal.NotInThisRole => "This step belongs to another role: crews accept, start and end; dispatchers assign, cancel and reopen; only a pass verifies.",
        OrderRefusal.AnotherCrews => "The order belongs to another crew. Ask the dispatcher to assign it to you.",
        OrderRefusal.OutcomeMissing => "Say how it ended: collected, gone on arrival, blocked, no access, unsafe or referred.",
        OrderRefusal.OutcomeUnexpected => "Only the end of the work has an outcome. Send it with the ending.",
        OrderRefusal.CollectedWithoutStart => "Start the work before you report it collected.",
        OrderRefusal.CrewMissing => "Say to which crew the order is assigned.",
        OrderRefusal.PassMissing => "Name the pass that saw the street.",
        OrderRefusal.EventIdInvalid => $"Every event needs an id of its own, 1 to {OrderEvent.MaxEventIdLength} characters.",
        OrderRefusal.EventIdReused => "This event id was used before for another step. Send the step with an id of its own.",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "Not a refusal."),
    };
}
