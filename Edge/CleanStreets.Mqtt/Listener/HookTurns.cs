using System.Diagnostics.CodeAnalysis;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Connections that wait for room in the hook, and whose turn it is. Owned by the loop.</summary>
/// <remarks>
/// While somebody waits, nobody passes: whoever comes goes behind, and each hands over a little before the next. So a flood of one, or of many,
/// costs the others a round, however little room there is. The one that finds the hook busy in its turn goes on with what is left of it:
/// a message larger than the room would else be put back for ever, and one with many small ones would always be first.
/// </remarks>
internal sealed class HookTurns
{
    /// <summary>What one hands over before the next: a small part of a batch, and a good many messages of a truck.</summary>
    private const int TurnBytes = 16 * 1024;

    /// <summary>What a message costs beside its payload, so that empty ones end a turn too.</summary>
    private const int MessageBytes = 64;

    private readonly Queue<Connection> _waiting = new();
    private Connection? _first;
    private Connection? _current;
    private int _left;

    /// <summary>Whether the hook has said that it has no room.</summary>
    public bool IsHookBusy { get; private set; }

    /// <summary>Whether somebody may go on now.</summary>
    public bool HasNext => !IsHookBusy && (_first is not null || _waiting.Count > 0);

    /// <summary>Whether the hook may be offered a publish of this connection now; if not, it has to <see cref="Wait"/>.</summary>
    public bool MayOffer(Connection connection) =>
        !IsHookBusy && (connection == _current ? _left > 0 || _waiting.Count == 0 : _first is null && _waiting.Count == 0);

    /// <summary>The connection is not read until its turn comes.</summary>
    public void Wait(Connection connection)
    {
        connection.Hold |= HoldReasons.HookBusy;
        _waiting.Enqueue(connection);
    }

    /// <summary>The hook has taken a publish of it.</summary>
    public void Taken(Connection connection, int bytes)
    {
        if (connection == _current)
        {
            _left -= bytes + MessageBytes;
        }
    }

    /// <summary>The hook had no room for a publish of it.</summary>
    public void Busy(Connection connection)
    {
        IsHookBusy = true;
        connection.Hold |= HoldReasons.HookBusy;
        _left = connection == _current ? _left : TurnBytes;
        _first = connection;
    }

    /// <summary>The hook has room again.</summary>
    public void Resume() => IsHookBusy = false;

    /// <summary>The next turn begins; to be ended with <see cref="EndTurn"/>. False: nobody waits, or the hook is busy.</summary>
    public bool TryBegin([NotNullWhen(true)] out Connection? connection)
    {
        if (!HasNext)
        {
            connection = null;
            return false;
        }

        if (_first is { } first)
        {
            (connection, _first) = (first, null);
        }
        else
        {
            (connection, _left) = (_waiting.Dequeue(), TurnBytes);
        }

        connection.Hold &= ~HoldReasons.HookBusy;
        _current = connection;
        return true;
    }

    public void EndTurn() => _current = null;
}
