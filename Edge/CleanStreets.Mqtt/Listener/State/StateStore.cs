namespace CleanStreets.Mqtt.Listener.State;

/// <summary>Opens the data folder: reads what was, and begins a new log with it.</summary>
internal static class StateStore
{
    /// <summary>Restores sessions and retained messages and answers the log that goes on from there. Nothing has been accepted yet.</summary>
    /// <exception cref="MqttListenerException">The folder cannot be used.</exception>
    public static StateLog Open(string folder, LoopState state, SessionTable sessions, Router router, Action<long> written)
    {
        StateFile? file = null;
        try
        {
            file = new StateFile(folder, state.Options.LeastStateFileBytes) { Written = written };
            var recovery = new StateRecovery(state);
            var unread = Read(file, recovery);
            if (unread > 0)
            {
                ListenerLog.StateDamaged(state.Logger, unread, file.KeepDamaged());
            }

            recovery.Restore(sessions, router);
            var log = new StateLog(file, state);
            log.Compact(new StateSnapshot(sessions, router).WriteTo);
            ListenerLog.StateRead(state.Logger, sessions.Count, router.Retained.Count, folder);
            return log;
        }
        catch (Exception exception)
        {
            file?.Dispose(); // Its lock would keep the next attempt out.
            if (exception is not (IOException or UnauthorizedAccessException))
            {
                throw;
            }

            throw new MqttListenerException($"Cannot keep the MQTT state in {folder}: {exception.Message}", exception);
        }
    }

    private static long Read(StateFile file, StateRecovery recovery)
    {
        using var left = file.OpenLeft();
        return left is null ? 0 : LogReading.Read(left, recovery);
    }
}
