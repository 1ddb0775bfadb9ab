using CleanStreets.Mqtt.Client;

namespace CleanStreets.Mqtt.Tests.Client;

public sealed class InFlightWindowTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ended_link_gives_no_identifier_and_says_so_at_once_however_many_are_free(int taken)
    {
        var window = new InFlightWindow(2);
        for (var i = 0; i < taken; i++)
        {
            await window.TakeAsync(TestContext.Current.CancellationToken);
        }

        window.Fail(new MqttLinkLostException("gone"));
        var taking = Task.Run(async () => await window.TakeAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await Should.ThrowAsync<MqttLinkLostException>(() => taking.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
