namespace CleanStreets.Mqtt.Listener;

/// <summary>A message on its way to subscribers, still lying in the buffer it came in; copied at most once, when somebody must keep it.</summary>
internal ref struct RoutedPublish
{
    private StoredMessage? _stored;

    public ReadOnlySpan<byte> Topic;
    public ReadOnlySpan<byte> Payload;

    /// <summary>The properties that are passed on, as a finished block without the expiry.</summary>
    public ReadOnlySpan<byte> Properties;
    public QualityOfService QualityOfService;
    public bool Retain;
    public uint ExpirySeconds;
    public long ArrivedAtMs;

    public static RoutedPublish Of(StoredMessage message) => new()
    {
        _stored = message,
        Topic = message.Topic,
        Payload = message.Payload,
        Properties = message.Properties,
        QualityOfService = message.QualityOfService,
        Retain = message.Retain,
        ExpirySeconds = message.ExpirySeconds,
        ArrivedAtMs = message.ArrivedAtMs,
    };

    public StoredMessage Store() => _stored ??= new StoredMessage
    {
        Topic = Topic.ToArray(),
        Payload = Payload.ToArray(),
        Properties = Properties.ToArray(),
        QualityOfService = QualityOfService,
        Retain = Retain,
        ExpirySeconds = ExpirySeconds,
        ArrivedAtMs = ArrivedAtMs,
    };
}
