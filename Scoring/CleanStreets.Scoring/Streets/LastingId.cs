using System.Security.Cryptography;
using System.Text;
using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>Makes segment ids out of foreign ones, the same at every import.</summary>
internal static class LastingId
{
    private const int ReadableLength = 48;
    private const int HashBytes = 5;

    /// <summary>The id itself where it keeps the identifier rule; otherwise what is readable of it and a hash of all of it, so that two never become one.</summary>
    public static SegmentId Of(string foreign)
    {
        if (SegmentId.TryCreate(foreign, out var id))
        {
            return id;
        }

        var readable = new string(foreign.Take(ReadableLength).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-').ToArray());
        return SegmentId.Parse($"{readable}-{Hash(Encoding.UTF8.GetBytes(foreign), HashBytes)}");
    }

    /// <summary>The first bytes of a SHA-256, in hexadecimal digits.</summary>
    public static string Hash(ReadOnlySpan<byte> content, int bytes) =>
        Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, bytes));
}
