namespace CleanStreets.Scoring.Index;

/// <summary>Integer sums of the passes of one hour, by category and side.</summary>
/// <remarks>Three blocks as long as the tally: pieces, exposure, and passes at <c>category × Sides + scope</c>, scope 0 being the whole street.</remarks>
internal readonly ref struct HourSums(Span<long> sums)
{
    private const int Sides = CategoryTally.Sides;
    private const int Blocks = 3;

    private readonly Span<long> _sums = sums;

    /// <summary>Numbers needed for the sums of a tally.</summary>
    public static int RoomFor(CategoryTally tally) => tally.Length * Blocks;

    /// <summary>Adds a pass.</summary>
    public void Add(PassEvidence pass, CategoryTally tally)
    {
        Span<long> pieces = stackalloc long[tally.Length];
        Span<long> exposure = stackalloc long[tally.Length];
        tally.Count(pass, pieces, exposure);
        Add(pieces, exposure, isSeenSide: [true, true, true]);
    }

    /// <summary>Adds what was counted on a pass, of the sides that count.</summary>
    public void Add(ReadOnlySpan<long> pieces, ReadOnlySpan<long> exposure, ReadOnlySpan<bool> isSeenSide)
    {
        var length = pieces.Length;
        var allPieces = _sums[..length];
        var allExposure = _sums.Slice(length, length);
        var passes = _sums.Slice(2 * length, length);
        for (var first = 0; first < length; first += Sides)
        {
            var seen = 0L;
            for (var side = 0; side < Sides; side++)
            {
                if (isSeenSide[side])
                {
                    var i = first + side;
                    allPieces[i] += pieces[i];
                    allExposure[i] += exposure[i];
                    passes[i] += side > 0 && exposure[i] > 0 ? 1 : 0;
                    seen += exposure[i];
                }
            }

            passes[first] += seen > 0 ? 1 : 0;
        }
    }

    /// <summary>The sums of a category on a side, or with scope 0 on the whole street.</summary>
    public (long Pieces, long Exposure, int Passes) Of(int category, int scope)
    {
        var length = _sums.Length / Blocks;
        var first = category * Sides;
        var i = first + scope;
        return scope > 0
            ? (_sums[i], _sums[length + i], (int)_sums[(2 * length) + i])
            : (_sums[first] + _sums[first + 1] + _sums[first + 2],
                _sums[length + first] + _sums[length + first + 1] + _sums[length + first + 2],
                (int)_sums[(2 * length) + first]);
    }
}
