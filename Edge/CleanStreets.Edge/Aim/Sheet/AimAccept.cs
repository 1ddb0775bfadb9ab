using System.Reflection;
using System.Security.Cryptography;
using CleanStreets.Edge.Aim.Geometry;
using CleanStreets.Edge.Aim.Look;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Vision;

namespace CleanStreets.Edge.Aim.Sheet;

/// <summary>Accepts an aim: first the sheet is kept, then the camera's file is written, then the status may speak of it.</summary>
/// <remarks>A power cut in between leaves a sheet whose name stands in no camera's file: nothing is in force that is not signed. One acceptance at a time.</remarks>
internal sealed class AimAccept(AimOptions options, AimDesk desk, AimEye eye, TruckClock clock, SheetStore store)
{
    private const int LongestName = 60, LongestRemark = 300;

    private readonly Lock _lock = new();
    private AcceptanceSheet? _sheet;

    /// <summary>The sheet of this run; null before the first acceptance. Any thread.</summary>
    public AcceptanceSheet? Sheet => Volatile.Read(ref _sheet);

    /// <summary>The same for the page; null before the first acceptance.</summary>
    public SheetState? State => Sheet is { } sheet
        ? new SheetState(
            sheet.CalibrationId,
            ReferenceEquals(sheet.Mounting, desk.Draft.Mounting),
            AgentLock.IsHeld(options.Data) ? "Start the agent anew, so that it uses this: systemctl restart cleanstreets-edge" : "Start the agent: systemctl start cleanstreets-edge")
        : null;

    /// <summary>Accepts what is set.</summary>
    /// <exception cref="VisionException">It cannot be accepted so, or not be written; nothing is in force then.</exception>
    public void Accept(AcceptWish wish)
    {
        var (technician, remark) = (wish.Technician.Trim(), wish.Remark?.Trim());
        if (technician.Length is 0 or > LongestName || remark?.Length > LongestRemark)
        {
            throw new VisionException($"The sheet wants your name, up to {LongestName} letters, and a reason of up to {LongestRemark}.");
        }

        lock (_lock)
        {
            var (draft, state, picture) = (desk.Draft, desk.Now(), eye.Latest);
            if (!state.IsRight && string.IsNullOrEmpty(remark))
            {
                throw new VisionException("Not all checks are right: say why it is accepted as it is.");
            }

            var now = clock.GetUtcNow();
            var name = $"a-{now:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}"; // The clock may be wrong: two must not have one name.
            var jpeg = state.Picture.Withheld is null ? picture?.Jpeg : null;
            var sheet = new AcceptanceSheet
            {
                CalibrationId = name,
                Truck = options.Truck,
                Box = options.Device,
                Camera = state.Camera,
                Technician = technician,
                Remark = state.IsRight ? null : remark,
                AcceptedAt = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero),
                ClockFromGnss = clock.IsFromGnss,
                Mounting = draft.Mounting,
                LeftKerbMetres = state.Mounting.LeftKerbMetres,
                RightKerbMetres = state.Mounting.RightKerbMetres,
                Marks = state.Marks,
                Measured = state.Measured,
                Checks = state.Checks,
                ModelVersion = eye.ModelVersion,
                AgentVersion = typeof(AimAccept).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "",
                Width = draft.Width,
                Height = draft.Height,
                Picture = jpeg?.Bytes.ToArray(),
                Withheld = jpeg is null ? state.Picture.Withheld ?? "There was none." : null,
                Overlay = state.Overlay,
            };
            Write(sheet, draft);
            Volatile.Write(ref _sheet, sheet);
        }
    }

    private void Write(AcceptanceSheet sheet, AimDraft draft)
    {
        try
        {
            store.Keep(sheet);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or SpoolException)
        {
            throw new VisionException($"The sheet cannot be kept in {options.Data}: {ex.Message} Nothing was changed.", ex);
        }

        try
        {
            CameraFileEdit.Write(options.Camera, draft, sheet.CalibrationId);
        }
        catch
        {
            store.Remove(sheet.CalibrationId);
            throw;
        }

        try
        {
            store.PutInForce(sheet);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new VisionException($"It is accepted and in force, but the city will not hear of it: {ex.Message} Accept again when that is mended.", ex);
        }
    }
}
