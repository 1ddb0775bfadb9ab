namespace CleanStreets.Mqtt.Listener.Access;

/// <summary>What one client may do: the rules that apply to it, denials first. What no rule allows is refused.</summary>
internal sealed class Rights(IEnumerable<AclRule> rules)
{
    private readonly AclRule[] _rules = [.. rules.OrderBy(rule => rule.Access != AclAccess.Deny)];

    /// <summary>Whether a topic inside an allowed filter may still be denied, so that each delivery has to be looked at.</summary>
    public bool HasDenials => _rules.Length > 0 && _rules[0].Access == AclAccess.Deny;

    public bool MayWrite(ReadOnlySpan<byte> topic) => May(AclAccess.Write, topic);

    public bool MayRead(ReadOnlySpan<byte> topic) => May(AclAccess.Read, topic);

    /// <summary>Whether one rule allows reading everything the filter can match; single topics inside may be denied.</summary>
    public bool MaySubscribe(ReadOnlySpan<byte> filter)
    {
        foreach (var rule in _rules)
        {
            if (rule.Covers(filter))
            {
                if (rule.Access == AclAccess.Deny)
                {
                    return false;
                }

                if (rule.Access.HasFlag(AclAccess.Read))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool May(AclAccess access, ReadOnlySpan<byte> topic)
    {
        foreach (var rule in _rules)
        {
            if ((rule.Access == AclAccess.Deny || rule.Access.HasFlag(access)) && rule.Matches(topic))
            {
                return rule.Access != AclAccess.Deny;
            }
        }

        return false;
    }
}
