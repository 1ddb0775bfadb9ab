using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.IotHub.Provisioning;

/// <summary>The hub that the provisioning service names, kept in a file so that a start needs the service only once.</summary>
internal sealed class ProvisionedAssignment(ProvisioningOptions options, TimeProvider time, ILoggerFactory loggers) : IHubAssignment
{
    private readonly ILogger _logger = loggers.CreateLogger<ProvisionedAssignment>();
    private readonly Func<double> _jitter = new Random().NextDouble;

    /// <inheritdoc/>
    public bool MayChange => true;

    /// <inheritdoc/>
    public async Task<HubIdentity> GetAsync(Action<string> waiting, CancellationToken stop)
    {
        if (Kept() is { } kept)
        {
            return kept;
        }

        var client = new ProvisioningClient(options, time, loggers);
        string? said = null;
        for (var failures = 0; ; failures++)
        {
            try
            {
                var identity = await client.RegisterAsync(stop);
                IotHubLog.Assigned(_logger, options.RegistrationId, identity.DeviceId, identity.Host);
                Keep(identity);
                return identity;
            }
            catch (ProvisioningException ex)
            {
                if (ex.Message != said) // A service that did not answer at first, and then refuses, is news.
                {
                    said = ex.Message;
                    IotHubLog.NotAssigned(_logger, options.RegistrationId, ex.Message);
                    waiting($"not assigned to a hub: {ex.Message}");
                }

                var wait = options.FirstRetry * Math.Pow(2, Math.Min(failures, 16));
                await Task.Delay((wait < options.LastRetry ? wait : options.LastRetry) * (0.75 + (_jitter() / 2)), time, stop);
            }
        }
    }

    /// <inheritdoc/>
    public void Forget()
    {
        try
        {
            File.Delete(options.AssignmentFile);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            IotHubLog.AssignmentNotKept(_logger, options.AssignmentFile, ex.Message);
        }
    }

    /// <summary>What was assigned before, to the same name in the same instance; a damaged file counts as none.</summary>
    private HubIdentity? Kept()
    {
        try
        {
            return File.Exists(options.AssignmentFile)
                && JsonSerializer.Deserialize(File.ReadAllBytes(options.AssignmentFile), ProvisioningJson.Default.KeptAssignment) is { } kept
                && kept.IdScope == options.IdScope && kept.RegistrationId == options.RegistrationId && kept.DeviceId == options.DeviceId && kept.Hub is { Length: > 0 }
                ? new HubIdentity(kept.Hub, kept.DeviceId)
                : null;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private void Keep(HubIdentity identity)
    {
        try
        {
            var text = JsonSerializer.SerializeToUtf8Bytes(
                new KeptAssignment(options.IdScope, options.RegistrationId, identity.Host, identity.DeviceId), ProvisioningJson.Default.KeptAssignment);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.AssignmentFile))!);
            File.WriteAllBytes(options.AssignmentFile + ".new", text);
            File.Move(options.AssignmentFile + ".new", options.AssignmentFile, overwrite: true);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            IotHubLog.AssignmentNotKept(_logger, options.AssignmentFile, ex.Message);
        }
    }
}

/// <summary>An assignment on disk.</summary>
internal sealed record KeptAssignment(string IdScope, string RegistrationId, string Hub, string DeviceId);
