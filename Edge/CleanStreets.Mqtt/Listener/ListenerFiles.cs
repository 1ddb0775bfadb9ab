using CleanStreets.Mqtt.Listener.Access;
using CleanStreets.Mqtt.Listener.Transport;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Listener;

/// <summary>The files a listener works from, read at the start, when they change and when asked; what cannot be read changes nothing.</summary>
/// <remarks>Rules and passwords belong together, and certificate, key, authorities and revocations do; each group is taken whole or not at all.</remarks>
internal sealed class ListenerFiles : IDisposable
{
    private readonly MqttListenerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _reading = new();
    private readonly WatchedFiles _accessFiles;
    private readonly WatchedFiles _tlsFiles;
    private ITimer? _timer;

    /// <exception cref="MqttListenerException">A file cannot be read or is not of its format.</exception>
    public ListenerFiles(MqttListenerOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _accessFiles = new WatchedFiles(options.AclFile, options.PasswordFile);
        _tlsFiles = new WatchedFiles(options.Tls?.CertificateFile, options.Tls?.KeyFile, options.Tls?.ClientAuthorityFile, options.Tls?.RevocationFile);
        _accessFiles.Read();
        _tlsFiles.Read();
        (Access, Tls) = (ReadAccess(), ReadTls());
    }

    public AccessControl Access { get; private set; }

    /// <summary>What new handshakes use; null: there is no encrypted endpoint.</summary>
    public TlsCredentials? Tls { get; private set; }

    /// <summary>Calls <paramref name="access"/> or <paramref name="tls"/> when a change has been read.</summary>
    public void Watch(Action<AccessControl> access, Action<TlsCredentials?> tls)
    {
        void Look()
        {
            lock (_reading)
            {
                TakeChange(_accessFiles, () => access(Access = ReadAccess()));
                TakeChange(_tlsFiles, () => tls(Tls = ReadTls()));
            }
        }

        if (_options.FileCheckInterval > TimeSpan.Zero && (_accessFiles.Any || _tlsFiles.Any))
        {
            _timer = _time.CreateTimer(_ => Look(), null, _options.FileCheckInterval, _options.FileCheckInterval);
        }
    }

    /// <summary>Reads everything now.</summary>
    /// <exception cref="MqttListenerException">A file cannot be read or is not of its format; nothing has changed.</exception>
    public void Reload()
    {
        lock (_reading)
        {
            // Nothing counts as read before all of it is good: a change that was refused along with another group must still be seen.
            var (accessStamp, tlsStamp) = (_accessFiles.Stamp(), _tlsFiles.Stamp());
            (Access, Tls) = (ReadAccess(), ReadTls());
            _accessFiles.Read(accessStamp);
            _tlsFiles.Read(tlsStamp);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void TakeChange(WatchedFiles files, Action read)
    {
        try
        {
            if (files.HaveChanged())
            {
                files.Read(); // Also when it fails: a wrong file is said once.
                read();
                ListenerLog.Reloaded(_logger, files.ToString());
            }
        }
        catch (MqttListenerException exception)
        {
            ListenerLog.NotReloaded(_logger, exception.Message);
        }
    }

    private AccessControl ReadAccess() => AccessControl.Load(_options);

    private TlsCredentials? ReadTls()
    {
        if (_options.Tls is not { } options)
        {
            return null;
        }

        var credentials = TlsCredentials.Load(options);
        var now = _time.GetUtcNow();
        var (from, to) = (new DateTimeOffset(credentials.Certificate.NotBefore), new DateTimeOffset(credentials.Certificate.NotAfter));
        if (now < from || now > to)
        {
            ListenerLog.CertificateNotValid(_logger, options.CertificateFile, from, to, now);
        }

        if (credentials.Revoked.NextUpdate < now)
        {
            ListenerLog.RevocationsOld(_logger, options.RevocationFile!, credentials.Revoked.NextUpdate);
        }

        return credentials;
    }
}
