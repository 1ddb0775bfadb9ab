using CleanStreets.Edge.Capture;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Capture;

public sealed class CameraWatchTests
{
    private static readonly World Street = new(seed: 5);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_camera_that_sees_well_has_no_faults()
    {
        var watch = Watch();
        for (var frame = 0; frame < 400; frame++)
        {
            watch.Take(Street.Frame(frame), Second, 6).ShouldBe(CameraFaults.None, $"frame {frame}");
        }
    }

    [Fact]
    public void The_same_frame_again_and_again_while_driving_is_frozen_and_counts_as_unseen()
    {
        var watch = Watch();
        var frame = Street.Frame(0);
        watch.Take(frame, Second, 6).ShouldBe(CameraFaults.None);
        for (var second = 0; second < 5; second++)
        {
            watch.Take(frame, Second, 6);
        }

        watch.Faults.ShouldBe(CameraFaults.Frozen);
        watch.Faults.IsBlind().ShouldBeTrue();
        watch.Take(Street.Frame(1), Second, 6).ShouldBe(CameraFaults.None);
    }

    [Fact]
    public void A_standing_truck_may_show_the_same_frame_for_a_while()
    {
        var watch = Watch();
        var frame = Street.Frame(0);
        for (var second = 0; second < 50; second++)
        {
            watch.Take(frame, Second, 0).ShouldBe(CameraFaults.None);
        }

        for (var second = 0; second < 15; second++)
        {
            watch.Take(frame, Second, 0);
        }

        watch.Faults.ShouldBe(CameraFaults.Frozen);
    }

    [Fact]
    public void A_covered_lens_is_dark() => Watch().Take(new Picture(640, 480), Second, 6).ShouldBe(CameraFaults.Dark);

    [Fact]
    public void Dirt_is_noticed_where_it_is_and_nowhere_else()
    {
        var watch = Watch();
        for (var frame = 0; frame < 100; frame++)
        {
            watch.Take(Street.Frame(frame, dirt: (x, y) => x is > 100 and < 260 && y is > 300 and < 420), Second, 6);
        }

        watch.Faults.ShouldBe(CameraFaults.Dirty);
        watch.Faults.IsBlind().ShouldBeFalse("the rest of the lens sees");
        watch.IsDirty(180 / 640.0, 360 / 480.0).ShouldBeTrue();
        watch.IsDirty(450 / 640.0, 360 / 480.0).ShouldBeFalse();
        for (var frame = 0; frame < 300; frame++)
        {
            watch.Take(Street.Frame(frame), Second, 6);
        }

        watch.Faults.ShouldBe(CameraFaults.None, "somebody wiped it");
    }

    [Fact]
    public void A_lens_gone_soft_is_dirty()
    {
        var watch = Watch();
        Drive(watch, 70, down: 0);
        for (var frame = 0; frame < 240; frame++)
        {
            watch.Take(Soft(Street.Frame(frame)), Second, 6);
        }

        watch.Faults.HasFlag(CameraFaults.Dirty).ShouldBeTrue();
    }

    [Fact]
    public void A_camera_bent_down_no_longer_matches_its_calibration_until_it_is_bent_back()
    {
        var watch = Watch();
        Drive(watch, 130, down: 0);
        watch.Faults.ShouldBe(CameraFaults.None);
        Drive(watch, 300, down: 60);
        watch.Faults.ShouldBe(CameraFaults.Moved);
        watch.Faults.IsBlind().ShouldBeTrue();
        Drive(watch, 400, down: 0);
        watch.Faults.ShouldBe(CameraFaults.None);
    }

    [Fact]
    public void What_was_learned_is_kept_over_a_restart_and_belongs_to_one_calibration()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("reference.json");
        Drive(new CameraWatch("c-1", null, reference => reference.Write(path)), 70, down: 0);
        CameraReference.Read(path, "c-2", NullLogger.Instance).ShouldBeNull("measured anew, learned anew");
        var again = new CameraWatch("c-1", CameraReference.Read(path, "c-1", NullLogger.Instance).ShouldNotBeNull(), _ => { });
        Drive(again, 300, down: 60);
        again.Faults.ShouldBe(CameraFaults.Moved, "bent while the box was off");
        File.WriteAllText(path, "{");
        CameraReference.Read(path, "c-1", NullLogger.Instance).ShouldBeNull();
    }

    [Fact]
    public void Every_fault_has_a_word() =>
        (CameraFaults.Dirty | CameraFaults.Moved).Words().ShouldBe(["dirty", "moved"]);

    private static CameraWatch Watch() => new("c-1", null, _ => { });

    private static void Drive(CameraWatch watch, int frames, int down)
    {
        for (var frame = 0; frame < frames; frame++)
        {
            watch.Take(Street.Frame(frame, down), Second, 6);
        }
    }

    /// <summary>Each pixel the mean of a row of 16: grease on the lens.</summary>
    private static Picture Soft(Picture picture)
    {
        var soft = new Picture(picture.Width, picture.Height);
        for (var y = 0; y < picture.Height; y++)
        {
            var from = picture.Row(y);
            var to = soft.Row(y);
            var sum = 0;
            for (var x = 0; x < picture.Width; x++)
            {
                sum += from[x * 3] - (x >= 16 ? from[(x - 16) * 3] : 0);
                to.Slice(x * 3, 3).Fill((byte)(sum / Math.Min(x + 1, 16)));
            }
        }

        return soft;
    }
}
