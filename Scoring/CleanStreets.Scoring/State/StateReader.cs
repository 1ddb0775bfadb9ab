using System.Buffers.Binary;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.State;

/// <summary>Reads what a <see cref="StateWriter"/> wrote.</summary>
/// <param name="bytes">One block.</param>
/// <param name="texts">Strings made before, so that the same name is one string.</param>
/// <param name="version">Version of the bytes, for those who read more than one.</param>
public ref struct StateReader(ReadOnlySpan<byte> bytes, TextCache texts, int version = int.MaxValue)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Version of the bytes; the newest unless said otherwise.</summary>
    public int Version { get; } = version;

    /// <summary>Whether everything has been read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads a whole number.</summary>
    /// <exception cref="StateException">The bytes end, or hold none.</exception>
    public long Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw new StateException("A number is longer than numbers are.");
    }

    /// <summary>Moments read that lie outside of the calendar. The bytes are what was saved; whoever reads them says what becomes of it.</summary>
    public int ImpossibleMoments { get; private set; }

    /// <summary>Reads a moment of capture, milliseconds since 1970 UTC.</summary>
    public long MomentMs()
    {
        var ms = Number();
        ImpossibleMoments += ReadingLimits.IsTimeOfCapture(ms) ? 0 : 1;
        return ms;
    }

    /// <summary>Reads a whole number of 32 bits.</summary>
    public int Int32() => Number() is >= int.MinValue and <= int.MaxValue and var value
        ? (int)value
        : throw new StateException("A number is too large.");

    /// <summary>Reads how many things follow, of which each takes at least one byte.</summary>
    public int Count() => Number() is >= 0 and var count && count <= _rest.Length
        ? (int)count
        : throw new StateException("A list is longer than what is left.");

    /// <summary>Reads a number by its bits.</summary>
    public double Real() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    /// <summary>Reads a truth value.</summary>
    public bool Flag() => Take(1)[0] switch
    {
        0 => false,
        1 => true,
        _ => throw new StateException("A truth value is neither true nor false."),
    };

    /// <summary>Reads a text, or null.</summary>
    public string? Text()
    {
        var length = Number();
        return length == 0 ? null : texts.Get(Take(length - 1));
    }

    /// <summary>Reads a text that must be there.</summary>
    public string RequiredText() => Text() ?? throw new StateException("A text is missing.");

    /// <summary>Reads bytes.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(Number());

    /// <summary>Reads a value of an enum of bytes.</summary>
    public TEnum Choice<TEnum>()
        where TEnum : struct, Enum
    {
        var number = Number();
        var value = number is >= 0 and <= byte.MaxValue ? (TEnum)Enum.ToObject(typeof(TEnum), (byte)number) : default;
        return number is >= 0 and <= byte.MaxValue && Enum.IsDefined(value)
            ? value
            : throw new StateException($"{number} is no {typeof(TEnum).Name}.");
    }

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > _rest.Length)
        {
            throw new StateException("The bytes end too early.");
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
