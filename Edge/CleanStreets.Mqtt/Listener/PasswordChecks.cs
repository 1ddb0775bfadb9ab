using CleanStreets.Mqtt.Listener.Access;
using CleanStreets.Mqtt.Listener.Transport;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Passwords that are being checked or wait for it: few at a time beside the loop, so that many who log in at once hold up nobody. Owned by the loop.</summary>
/// <remarks>
/// The connection is not read meanwhile. Its CONNECT stays among its kept bytes, with whatever came in the same read, and is handled again when
/// the answer is there or <see cref="MqttListenerOptions.ConnectTimeout"/> is over.
/// </remarks>
internal sealed class PasswordChecks(LoopState state, Mailbox mailbox)
{
    /// <summary>Computed at once: one core is left to the loop, and more than four would take the others from whoever shares the machine.</summary>
    private static readonly int AtOnce = Math.Clamp(Environment.ProcessorCount - 1, 1, 4);

    private readonly LinkedList<PasswordCheck> _waiting = new();
    private int _computing;

    /// <summary>Begins a check and holds the connection. False: as many as may are waiting already.</summary>
    public bool TryBegin(Connection connection, PasswordFile file, string userName, ReadOnlySpan<byte> password)
    {
        if (_waiting.Count + _computing >= state.Options.MaxPasswordChecks)
        {
            return false;
        }

        var check = new PasswordCheck(connection, file, userName, password);
        check.Place = _waiting.AddLast(check);
        connection.PasswordCheck = check;
        connection.Hold |= HoldReasons.Deciding;
        Compute();
        return true;
    }

    /// <summary>Handles the CONNECT again, with an answer or, when the time is over, without.</summary>
    public void Resume(Connection connection)
    {
        connection.Hold &= ~HoldReasons.Deciding;
        state.ToResume.Enqueue(connection);
    }

    /// <summary>Nobody wants the answer any more: what has not begun never does.</summary>
    public void Forget(Connection connection)
    {
        if (connection.PasswordCheck?.Place is { } place)
        {
            _waiting.Remove(place);
        }

        connection.PasswordCheck = null;
        connection.Hold &= ~HoldReasons.Deciding;
    }

    private void Compute()
    {
        while (_computing < AtOnce && _waiting.First is { Value: var check } first)
        {
            _computing++;
            _waiting.Remove(first);
            check.Place = null;
            _ = Task.Run(() => Answer(check));
        }
    }

    private void Answer(PasswordCheck check)
    {
        var isRight = false;
        try
        {
            isRight = check.Compute();
        }
        finally
        {
            mailbox.Post(new AnswerLetter(this, check, isRight)); // Whatever happened, it is not right unless it was found to be.
        }
    }

    private void Take(PasswordCheck check, bool isRight)
    {
        _computing--;
        check.IsRight = isRight;
        if (check.Connection.PasswordCheck == check && (check.Connection.Hold & HoldReasons.Deciding) != HoldReasons.None)
        {
            Resume(check.Connection);
        }

        Compute();
    }

    private sealed class AnswerLetter(PasswordChecks checks, PasswordCheck check, bool isRight) : Letter
    {
        public override void Open() => checks.Take(check, isRight);
    }
}
