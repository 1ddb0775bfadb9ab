using CleanStreets.Contracts;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Publish;

/// <summary>Knows which evidence picture goes next. Does no sending itself.</summary>
/// <remarks>
/// The newest goes first: what lies in the street today is worth a picture, and what no budget ever lets go is dropped as the oldest anyway. A picture leaves the spool when the city says
/// stored or refused. A city that says nothing is asked again and again, ever more seldom, with one picture. Used by the link's loop alone, but for <see cref="Accepts"/>.
/// </remarks>
internal sealed class EvidenceSender(FleetSpool spool, TruckId truck, PublishOptions options, TimeProvider time)
{
    private const int MostFailures = 7; // 30 s doubled seven times: about an hour.

    private readonly HashSet<string> _ofOthers = [];
    private string? _onItsWay;
    private string? _sent;
    private long _sentAt;
    private int _failures;

    /// <summary>Whether the city may say that it has this picture: only of one that was sent. Any thread.</summary>
    public bool Accepts(string id) => Volatile.Read(ref _sent) == id;

    /// <summary>The link went away: nobody knows what arrived.</summary>
    public void LinkLost()
    {
        _onItsWay = null;
        _failures = 0;
    }

    /// <summary>The next picture and its message; null when none may go now.</summary>
    public (string Id, byte[] Message)? Next()
    {
        var waiting = spool.Evidence.Waiting;
        if (_onItsWay is { } before)
        {
            if (!waiting.Contains(before))
            {
                (_onItsWay, _failures) = (null, 0); // The city has it.
            }
            else if (time.GetElapsedTime(_sentAt) < options.EvidencePatience * Math.Pow(2, _failures))
            {
                return null;
            }
            else
            {
                _failures = Math.Min(MostFailures, _failures + 1);
            }
        }

        for (var i = waiting.Count - 1; i >= 0; i--)
        {
            if (!_ofOthers.Contains(waiting[i]) && Read(waiting[i]) is { } message)
            {
                return (waiting[i], message);
            }
        }

        return null;
    }

    /// <summary>A picture is about to be sent.</summary>
    public void Sending(string id)
    {
        (_onItsWay, _sentAt) = (id, time.GetTimestamp());
        Volatile.Write(ref _sent, id);
    }

    private byte[]? Read(string id)
    {
        if (spool.Evidence.Read(id) is not { } message || EvidenceMessage.Read(message, out var header, out _) != EvidenceFault.None)
        {
            spool.TryRemoveEvidence(id); // Damaged, or gone already.
            return null;
        }

        if (header!.TruckId != truck)
        {
            _ofOthers.Add(id); // The box was moved: never under this truck's name.
            return null;
        }

        return message;
    }
}
