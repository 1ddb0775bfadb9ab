namespace CleanStreets.Mqtt.Listener.Budget;

/// <summary>Holds the reading of connections whose device has spent its budget, until there is some again. Owned by the loop.</summary>
internal sealed class BudgetKeeper(LoopState state)
{
    /// <summary>A device that has not been held for so long begins a new episode.</summary>
    private const long QuietMs = 60_000;

    private readonly Dictionary<string, DeviceBudget> _devices = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Connection, (long DueMs, long Order)> _held = new();
    private readonly List<string> _idle = [];
    private long _order;

    /// <summary>Devices whose budget is remembered although they may be away.</summary>
    public int Devices => _devices.Count;

    /// <summary>A client is admitted: gives its connection the budget of its device.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="name">The name it has proven; null: none.</param>
    public void Open(Connection connection, string? name)
    {
        if (state.Options.Budget is not { IsLimit: true } limits || (name is null && connection.IsLocal && !limits.IncludesLoopback))
        {
            return;
        }

        DeviceBudget? budget = null;
        if (name is null || !_devices.TryGetValue(name, out budget))
        {
            budget = new DeviceBudget(limits, name, state.NowMs);
            if (name is not null)
            {
                _devices.Add(name, budget);
            }
        }

        budget.Connections++;
        connection.Budget = budget;
    }

    /// <summary>A connection has ended. What its device has spent stays spent: coming back would else be a way around.</summary>
    public void Close(Connection connection)
    {
        if (connection.Budget is not { } budget)
        {
            return;
        }

        budget.Connections--;
        connection.Budget = null;
        if ((connection.Hold & HoldReasons.Budget) != HoldReasons.None)
        {
            connection.Hold &= ~HoldReasons.Budget;
            state.Tally.BudgetHeld--;
        }
    }

    /// <summary>Bytes have come over a connection that has a budget.</summary>
    public void Received(Connection connection, DeviceBudget budget, int bytes)
    {
        budget.TakeBytes(bytes, state.NowMs);
        if (!budget.HasSome)
        {
            Hold(connection, budget);
        }

        // It may be its publishes that are spent: they are counted while the bytes are handled.
        state.Tally.BudgetBytes += (connection.Hold & HoldReasons.Budget) != HoldReasons.None ? bytes : 0;
    }

    /// <summary>A publish was taken of a connection that has a budget.</summary>
    public void Taken(Connection connection, DeviceBudget budget)
    {
        budget.TakeMessage();
        if (!budget.HasSome)
        {
            Hold(connection, budget);
        }
    }

    /// <summary>Milliseconds until the first of those held may go on, at most <paramref name="most"/>; negative means none is and no end is wished.</summary>
    public int WaitMs(int most) => _held.TryPeek(out _, out var first)
        ? (int)Math.Clamp(first.DueMs - state.NowMs, 0, most < 0 ? int.MaxValue : most)
        : most;

    /// <summary>Lets those go on that may.</summary>
    public void LetGoOn()
    {
        while (_held.TryPeek(out var connection, out var place) && place.DueMs <= state.NowMs)
        {
            _held.Dequeue();
            if (connection.Budget is not { } budget)
            {
                continue; // It has ended meanwhile.
            }

            if (budget.WaitMs(state.NowMs) is > 0 and var wait)
            {
                // Another connection of the same device was first. It keeps its place, or that one would be first for ever.
                _held.Enqueue(connection, (state.NowMs + wait, place.Order));
                continue;
            }

            connection.Hold &= ~HoldReasons.Budget;
            state.Tally.BudgetHeld--;
            state.ToResume.Enqueue(connection);
        }
    }

    /// <summary>Forgets devices that are away and have everything again.</summary>
    public void Sweep()
    {
        foreach (var (name, budget) in _devices)
        {
            if (budget.Connections == 0 && budget.IsFull(state.NowMs))
            {
                _idle.Add(name);
            }
        }

        foreach (var name in _idle)
        {
            _devices.Remove(name);
        }

        _idle.Clear();
    }

    private void Hold(Connection connection, DeviceBudget budget)
    {
        if ((connection.Hold & HoldReasons.Budget) != HoldReasons.None || connection.Phase != ConnectionPhase.Open)
        {
            return;
        }

        connection.Hold |= HoldReasons.Budget;
        _held.Enqueue(connection, (state.NowMs + budget.WaitMs(state.NowMs), _order++));
        state.Tally.BudgetHeld++;
        state.Tally.BudgetHolds++;
        if (budget.BeginsEpisode(state.NowMs, QuietMs))
        {
            ListenerLog.BudgetSpent(state.Logger, budget.Name ?? connection.ClientId, state.Options.Budget!.BytesPerSecond, state.Options.Budget.MessagesPerSecond);
        }
    }
}
