using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener.Access;

/// <summary>What a rule of an ACL file lets a client do.</summary>
[Flags]
internal enum AclAccess : byte
{
    /// <summary>Nothing, whatever other rules say.</summary>
    Deny = 0,
    Read = 1,
    Write = 2,
    ReadWrite = Read | Write,
}

/// <summary>One rule for one client; the filter is that of MQTT subscriptions.</summary>
internal readonly record struct AclRule(AclAccess Access, byte[] Filter)
{
    public bool Matches(ReadOnlySpan<byte> topic) => MqttText.Matches(Filter, topic);

    /// <summary>Whether every topic that <paramref name="filter"/> matches is matched by this rule too.</summary>
    public bool Covers(ReadOnlySpan<byte> filter)
    {
        ReadOnlySpan<byte> rule = Filter;
        if (filter[0] == '$' && rule[0] is (byte)'+' or (byte)'#')
        {
            return filter[0] != '$'; // A leading wildcard does not reach topics that begin with $.
        }

        while (true)
        {
            var allowed = MqttText.TakeLevel(ref rule, out var ruleGoesOn);
            if (allowed is [(byte)'#'])
            {
                return true;
            }

            var wanted = MqttText.TakeLevel(ref filter, out var filterGoesOn);
            var fits = allowed is [(byte)'+'] ? wanted is not [(byte)'#'] : allowed.SequenceEqual(wanted);
            if (!fits)
            {
                return false;
            }

            if (!ruleGoesOn || !filterGoesOn)
            {
                // "a/#" covers "a" too.
                return ruleGoesOn == filterGoesOn || (ruleGoesOn && rule is [(byte)'#']);
            }
        }
    }
}
