namespace CleanStreets.Launcher.Demo;

/// <summary>What a newcomer reads when the demo has started.</summary>
internal static class Banner
{
    public static string Text(string http, string mqtt, string data)
    {
        var (host, port) = (mqtt[..mqtt.LastIndexOf(':')], mqtt[(mqtt.LastIndexOf(':') + 1)..]);
        return $"""

            CleanStreets runs. Open the map: streets take colour as simulated trucks pass them.

              dispatcher map   {http}/          log in as  dispatcher / dispatcher
              crew page        {http}/crew      log in as  crew-2 / crew-2   (phone-sized)
              health           {http}/health
              trucks (MQTT)    {mqtt}

            Try:
              - click a street: its grade, how sure we are, how old that is, and why
              - crew-1 is simulated and works its orders; be crew-2 yourself: accept, start and end one
              - a finished order waits for another truck to see the street clean: watch it turn verified
              - listen to the scores:  mosquitto_sub -h {host} -p {port} -v -t 'cleanstreets/v1/scores/#'

            Everything is kept in {data}. Ctrl-C stops it.

            """;
    }
}
