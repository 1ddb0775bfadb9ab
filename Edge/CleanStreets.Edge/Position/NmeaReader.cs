using System.Globalization;

namespace CleanStreets.Edge.Position;

/// <summary>Makes fixes of NMEA sentences: RMC is the fix, GGA adds its precision; a receiver that sends no RMC is believed its GGA, without a date.</summary>
/// <remarks>Used by one thread.</remarks>
internal sealed class NmeaReader
{
    private const double MetresPerSecondOfKnots = 1852.0 / 3600;

    // The range error of a plain receiver: HDOP says by how much geometry multiplies it.
    private const double RangeErrorMetres = 5;

    // RMC comes with every epoch or never.
    private const int GgaAlone = 3;

    private double _accuracy = double.NaN;
    private int _ggaSinceRmc;
    private long _bad;

    /// <summary>Lines that were no sentence, or whose checksum was wrong.</summary>
    public long Bad => Volatile.Read(ref _bad);

    /// <summary>Takes a line; a fix when it makes one.</summary>
    public Fix? Take(string line)
    {
        if (line.Length == 0)
        {
            return null;
        }

        if (NmeaSentence.Read(line) is not { } sentence)
        {
            Volatile.Write(ref _bad, _bad + 1);
            return null;
        }

        return sentence.Type switch
        {
            "RMC" => TakeRmc(sentence),
            "GGA" => TakeGga(sentence),
            _ => null,
        };
    }

    private Fix TakeRmc(NmeaSentence rmc)
    {
        _ggaSinceRmc = 0;
        var time = TimeOf(rmc.Text(0), rmc.Text(8));
        double latitude = rmc.Degrees(2), longitude = rmc.Degrees(4);
        // Mode E is dead reckoning, M typed in, S a simulator, N nothing: places that no satellite gave.
        if (rmc.Text(1) != "A" || rmc.Text(11) is "E" or "M" or "S" or "N" || !Fix.IsPlace(latitude, longitude))
        {
            return new Fix { GnssTime = rmc.Text(1) == "A" ? time : null }; // V: the time may be the receiver's own poor clock.
        }

        return new Fix
        {
            HasPosition = true,
            Latitude = latitude,
            Longitude = longitude,
            AccuracyMetres = _accuracy,
            SpeedMetresPerSecond = rmc.Number(6) * MetresPerSecondOfKnots,
            HeadingDegrees = rmc.Number(7),
            GnssTime = time,
        };
    }

    private Fix? TakeGga(NmeaSentence gga)
    {
        // Quality 1 to 5 are satellites; 6 dead reckoning, 7 typed in, 8 a simulator.
        var hasFix = gga.Number(5) is >= 1 and <= 5;
        _accuracy = hasFix ? gga.Number(7) * RangeErrorMetres : double.NaN;
        if (++_ggaSinceRmc < GgaAlone)
        {
            return null;
        }

        double latitude = gga.Degrees(1), longitude = gga.Degrees(3);
        return hasFix && Fix.IsPlace(latitude, longitude)
            ? new Fix { HasPosition = true, Latitude = latitude, Longitude = longitude, AccuracyMetres = _accuracy }
            : new Fix();
    }

    private static DateTimeOffset? TimeOf(string time, string date) =>
        date.Length == 6 && time.Length >= 6
        && DateTimeOffset.TryParseExact(
            date[..4] + "20" + date[4..] + time, ["ddMMyyyyHHmmss", "ddMMyyyyHHmmss.f", "ddMMyyyyHHmmss.ff", "ddMMyyyyHHmmss.fff", "ddMMyyyyHHmmss.ffff"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
            ? parsed
            : null;
}
