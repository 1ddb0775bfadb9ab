using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Edge.Enroll;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

/// <summary>Which truck the box sits on: what the city said last, else the settings file; and a run ends when the city says something else.</summary>
/// <remarks>Any thread hears; the first change counts.</remarks>
internal sealed class Seat(EdgeSettings settings, ILogger logger)
{
    private readonly AssignmentFile _file = new(settings.Data);
    private readonly TaskCompletionSource<RunEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The box as its certificate names it, else as the settings do; null: it has no name.</summary>
    public DeviceId? Device { get; } = DeviceOf(settings);

    /// <summary>The truck; empty: the box sits on none.</summary>
    public string TruckId => IsEnrolled && _file.Read() is { } said && said.DeviceId == Device ? said.TruckId?.Value ?? "" : settings.TruckId;

    /// <summary>Whether the city says which truck the box sits on.</summary>
    public bool IsEnrolled => settings.City is not null && Device is not null;

    /// <summary>Completes when the city wants something else of the box.</summary>
    public Task<RunEnd> Ended => _ended.Task;

    /// <summary>Hears what the city wants.</summary>
    /// <param name="assignment">What was said.</param>
    /// <param name="truck">The truck of this run; empty: none.</param>
    public void Take(BoxAssignment assignment, string truck)
    {
        if (assignment.Wipe is null && (assignment.TruckId?.Value ?? "") == truck)
        {
            return;
        }

        try
        {
            if (assignment.Wipe is null)
            {
                _file.Write(assignment); // Before it is acted on: after a power cut the box must not be the old truck again.
            }

            RunLog.Assigned(logger, assignment.Wipe is null ? assignment.TruckId?.Value ?? "no truck" : "forgetting everything");
            _ended.TrySetResult(new RunEnd(assignment));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            RunLog.NotAssigned(logger, ex.Message);
        }
    }

    private static DeviceId? DeviceOf(EdgeSettings settings)
    {
        if (settings.Mqtt?.Tls is { CertificateFile: { } file } tls)
        {
            try
            {
                using var certificate = X509Certificate2.CreateFromPemFile(file, tls.KeyFile);
                return BoxIdentity.NameOf(certificate);
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or CryptographicException)
            {
                // The link says why it cannot be made.
            }
        }

        return DeviceId.TryCreate(settings.DeviceId, out var device) ? device : null;
    }
}
