namespace CleanStreets.Mqtt.Listener;

/// <summary>The members of one shared subscription; they take turns. Owned by the loop.</summary>
internal sealed class ShareGroup(byte[] name)
{
    private int _next;

    public ReadOnlySpan<byte> Name => name;

    public List<Subscription> Members { get; } = [];

    /// <summary>The member whose turn it is: one whose client is there if there is one, otherwise one whose session lasts.</summary>
    /// <remarks>Who may not read the topic is passed over, so that one member's denial takes nothing from the others.</remarks>
    public Subscription? Choose(ReadOnlySpan<byte> topic)
    {
        Subscription? away = null;
        for (var i = 0; i < Members.Count; i++)
        {
            var at = (_next + i) % Members.Count;
            var member = Members[at];
            if (!member.Session.MayHear(topic))
            {
                continue;
            }

            if (member.Session.Connection is { Phase: ConnectionPhase.Open })
            {
                _next = at + 1;
                return member;
            }

            away ??= member.Session.Lasts ? member : null;
        }

        return away;
    }
}
