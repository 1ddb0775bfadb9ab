namespace CleanStreets.Mqtt.Listener;

/// <summary>The members of one shared subscription; they take turns. Owned by the loop.</summary>
internal sealed class ShareGroup(byte[] name)
{
    private int _next;

    public ReadOnlySpan<byte> Name => name;

    public List<Subscription> Members { get; } = [];

    /// <summary>The member whose turn it is: one whose client is there if there is one, otherwise one whose session lasts.</summary>
    public Subscription? Choose()
    {
        Subscription? away = null;
        for (var i = 0; i < Members.Count; i++)
        {
            var at = (_next + i) % Members.Count;
            var member = Members[at];
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
