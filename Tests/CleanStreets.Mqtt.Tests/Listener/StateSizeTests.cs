using CleanStreets.Mqtt.Listener.State;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>The log of the listener's state never grows so far that it could not be read back.</summary>
public sealed class StateSizeTests
{
    private const long Mebi = 1024 * 1024;

    [Theory]
    [InlineData(0, 64 * Mebi)]
    [InlineData(100 * Mebi, 400 * Mebi)]
    [InlineData(1000 * Mebi, 1512 * Mebi)]
    [InlineData(1700 * Mebi, 1_800_000_000)]
    public void Log_is_begun_anew_before_it_cannot_be_read_back(long live, long at) => StateFile.CompactAt(live).ShouldBe(at);

    [Fact]
    public void Buffer_of_more_than_a_gibibyte_grows_to_the_longest_array()
    {
        RecordBuffer.LargerThan(4096, needed: 4100).ShouldBe(8192);
        RecordBuffer.LargerThan(4096, needed: 10_000).ShouldBe(10_000);
        RecordBuffer.LargerThan(1 << 30, needed: (1 << 30) + 1).ShouldBe(Array.MaxLength);
    }
}
