using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Simulate.Box;

/// <summary>The lens of a simulated camera: small pictures of a street that passes by, with mud or grease on them, looked at by the agent's own watch.</summary>
/// <remarks>What the watch finds is what counts: until it has noticed, the picture is believed, as on a real truck. Used by the simulation's loop alone.</remarks>
internal sealed class SimulatedLens
{
    // As many pixels as the watch reads of a picture of this size, and no more.
    private const int Width = Thumbnail.Columns * 2;
    private const int Height = Thumbnail.Rows * 2;
    private const int Horizon = Thumbnail.Rows * 4 / 10;
    private const byte MudLevel = 96; // As bright as the street: dirt is told by its standing still.
    private const double MetresPerTexel = 0.4;

    private readonly CameraWatch _watch = new("simulated-1", null, _ => { });
    private readonly Footprint _footprint;
    private readonly Picture _picture = new(Width, Height);
    private readonly byte[] _row = new byte[Thumbnail.Columns];
    private readonly int _seed;
    private readonly double[] _mudOrder;
    private double _odometer;
    private long _frames;

    /// <param name="seed">Decides what the street looks like and where mud lands.</param>
    public SimulatedLens(int seed)
    {
        _seed = seed;
        _footprint = new Footprint(
            new CameraMounting { CalibrationId = "simulated-1", HeightMetres = 2.4, PitchDegrees = 25, HorizontalFieldOfViewDegrees = 78 }, Width, Height);
        _mudOrder = Splash(new Random(seed));
    }

    /// <summary>Share of the footprint that counts as seen, 0–1; 0 while nothing that the camera shows may count.</summary>
    public double Clear { get; private set; } = 1;

    /// <summary>What the watch says is wrong.</summary>
    public CameraFaults Faults => _watch.Faults;

    /// <summary>Takes the frame of the next second.</summary>
    /// <param name="metres">How far the truck drove since the frame before.</param>
    /// <param name="speedMetresPerSecond">Its speed.</param>
    /// <param name="mud">Share of the lower part of the lens that is covered.</param>
    /// <param name="isGreased">Whether all of it has gone soft.</param>
    public void Take(double metres, double speedMetresPerSecond, double mud, bool isGreased)
    {
        _odometer += metres;
        _frames++;
        Draw(mud, isGreased);
        var faults = _watch.Take(_picture, TimeSpan.FromSeconds(1), speedMetresPerSecond);
        Clear = faults.IsBlind() ? 0 : faults.HasFlag(CameraFaults.Dirty) ? _footprint.Visible([], _watch.IsDirty).Share : 1;
    }

    private void Draw(double mud, bool isGreased)
    {
        for (var row = 0; row < Thumbnail.Rows; row++)
        {
            for (var column = 0; column < Thumbnail.Columns; column++)
            {
                _row[column] = row < Horizon ? Sky(row) : Street(row, column);
            }

            if (isGreased)
            {
                Smear();
            }

            var pixels = _picture.Row(row * 2);
            for (var column = 0; column < Thumbnail.Columns; column++)
            {
                var isMuddy = row >= Horizon && _mudOrder[((row - Horizon) * Thumbnail.Columns) + column] < mud;
                pixels.Slice(column * 2 * Picture.Channels, Picture.Channels).Fill((byte)(isMuddy ? MudLevel + (Noise(row, column, _frames) % 2) : _row[column]));
            }
        }
    }

    private byte Sky(int row) => (byte)(200 - row + (Noise(row, 0, _frames) % 2));

    /// <summary>Texture of the ground: the farther up in the picture, the farther ahead of the truck.</summary>
    private byte Street(int row, int column)
    {
        var ahead = 2.0 + (60.0 / (row - Horizon + 4));
        return (byte)(70 + (Noise((int)((_odometer + ahead) / MetresPerTexel), column, 0) % 80) + (Noise(row, column, _frames) % 3));
    }

    /// <summary>Grease: each place shows the mean of its surroundings.</summary>
    private void Smear()
    {
        var mean = (int)_row.Average(level => level);
        for (var column = 0; column < _row.Length; column++)
        {
            _row[column] = (byte)(mean + ((_row[column] - mean) / 6));
        }
    }

    /// <summary>For each cell of the lower part, from which share on mud covers it: drops that run together.</summary>
    private static double[] Splash(Random random)
    {
        var drops = Enumerable.Range(0, 4).Select(_ => (X: random.NextDouble() * Thumbnail.Columns, Y: Horizon + (random.NextDouble() * (Thumbnail.Rows - Horizon)))).ToList();
        var cells = Enumerable.Range(0, (Thumbnail.Rows - Horizon) * Thumbnail.Columns).ToArray();
        var distances = cells.Select(cell => drops.Min(drop => Math.Pow(drop.X - (cell % Thumbnail.Columns), 2) + Math.Pow(drop.Y - Horizon - (cell / Thumbnail.Columns), 2))).ToArray();
        var order = new double[cells.Length];
        Array.Sort(distances, cells);
        for (var i = 0; i < cells.Length; i++)
        {
            order[cells[i]] = (double)i / cells.Length;
        }

        return order;
    }

    private int Noise(int a, int b, long c)
    {
        var hash = unchecked((uint)((a * 73_856_093) ^ (b * 19_349_663) ^ ((int)c * 83_492_791) ^ _seed));
        hash = unchecked((hash ^ (hash >> 15)) * 2_246_822_519u);
        hash = unchecked((hash ^ (hash >> 13)) * 3_266_489_917u);
        return (int)((hash ^ (hash >> 16)) & 0x7FFF);
    }
}
