using CleanStreets.Edge.Publish;

namespace CleanStreets.Edge.Tests.Publish;

public sealed class UnmarkedPolicyTests
{
    [Fact]
    public void Batch_that_stays_unmarked_is_tried_three_times_at_each_size_down_to_one_reading_and_set_aside()
    {
        var policy = new UnmarkedPolicy(20);
        var actions = Enumerable.Range(0, 15).Select(_ => policy.Unmarked(policy.Limit)).ToList();
        actions.ShouldBe(Enumerable.Repeat(new[] { UnmarkedAction.Resend, UnmarkedAction.Resend, UnmarkedAction.Halve }, 4).SelectMany(a => a)
            .Concat([UnmarkedAction.Resend, UnmarkedAction.Resend, UnmarkedAction.SetAside]));
        policy.Limit.ShouldBe(1);
    }

    [Fact]
    public void Second_reading_is_not_set_aside_before_the_mark_has_moved()
    {
        var policy = new UnmarkedPolicy(1);
        Enumerable.Range(0, 3).Select(_ => policy.Unmarked(1)).ToList()[^1].ShouldBe(UnmarkedAction.SetAside);
        Enumerable.Range(0, 30).Select(_ => policy.Unmarked(1)).ShouldAllBe(a => a == UnmarkedAction.Resend);
        policy.Marked();
        Enumerable.Range(0, 3).Select(_ => policy.Unmarked(1)).ToList()[^1].ShouldBe(UnmarkedAction.SetAside);
    }

    [Fact]
    public void Mark_restores_the_full_batch()
    {
        var policy = new UnmarkedPolicy(20);
        for (var i = 0; i < 6; i++)
        {
            policy.Unmarked(20);
        }

        policy.Limit.ShouldBeLessThan(20);
        policy.Failures.ShouldBe(6);
        policy.Marked();
        policy.Limit.ShouldBe(20);
        policy.Failures.ShouldBe(0);
    }
}
