using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Unicode;

namespace CleanStreets.Contracts.Readings;

/// <summary>Turns UTF-8 into strings and remembers those it made, so that names seen before cost no memory.</summary>
/// <remarks>
/// Bounded whatever arrives: sets of four places; a new text takes the oldest place of its set. A stream of ever new names
/// makes garbage and nothing else. Not safe for concurrent use.
/// </remarks>
public sealed class TextCache
{
    private const int Ways = 4;

    private readonly Entry[] _entries;
    private readonly byte[] _next;
    private readonly uint _setMask;

    /// <summary>Makes a cache.</summary>
    /// <param name="capacity">Most strings kept: a power of two, at least 4.</param>
    public TextCache(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, Ways);
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)capacity / Ways);
        _entries = new Entry[sets * Ways];
        _next = new byte[sets];
        _setMask = (uint)(sets - 1);
    }

    /// <summary>The string of <paramref name="utf8"/>, which must be valid UTF-8.</summary>
    public string Get(ReadOnlySpan<byte> utf8) => Find(utf8, out var hash) ?? Add(utf8, hash);

    /// <summary>The string of <paramref name="utf8"/>; null when it is not valid UTF-8, which a text seen before need not be asked.</summary>
    public string? TryGet(ReadOnlySpan<byte> utf8) => Find(utf8, out var hash) ?? (Utf8.IsValid(utf8) ? Add(utf8, hash) : null);

    private string? Find(ReadOnlySpan<byte> utf8, out uint hash)
    {
        hash = Hash(utf8);
        var set = (int)(hash & _setMask);
        foreach (ref readonly var entry in _entries.AsSpan(set * Ways, Ways))
        {
            if (entry.Hash == hash && entry.Text is not null && entry.Is(utf8))
            {
                return entry.Text;
            }
        }

        return null;
    }

    private string Add(ReadOnlySpan<byte> utf8, uint hash)
    {
        var set = (int)(hash & _setMask);
        var ways = _entries.AsSpan(set * Ways, Ways);
        var text = Encoding.UTF8.GetString(utf8);
        ways[_next[set]] = new Entry(hash, Ascii.IsValid(utf8) ? null : utf8.ToArray(), text);
        _next[set] = (byte)((_next[set] + 1) % Ways);
        return text;
    }

    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = (uint)utf8.Length;
        while (utf8.Length >= sizeof(ulong))
        {
            hash = BitOperations.Crc32C(hash, BinaryPrimitives.ReadUInt64LittleEndian(utf8));
            utf8 = utf8[sizeof(ulong)..];
        }

        foreach (var b in utf8)
        {
            hash = BitOperations.Crc32C(hash, b);
        }

        return hash;
    }

    /// <param name="Hash">Of the UTF-8.</param>
    /// <param name="Utf8">Only of a text that is not ASCII: the others are compared with the string itself, which the caller touches anyway.</param>
    /// <param name="Text">The string.</param>
    private readonly record struct Entry(uint Hash, byte[]? Utf8, string? Text)
    {
        public bool Is(ReadOnlySpan<byte> utf8) => Utf8 is null ? Ascii.Equals(utf8, Text) : utf8.SequenceEqual(Utf8);
    }
}
