namespace CleanStreets.Scoring.Streets;

/// <summary>Memory that is used again for every blob and grows with what has really arrived, never with what a file merely claims.</summary>
internal sealed class PbfBuffer
{
    private const int FirstBytes = 64 * 1024;

    private byte[] _bytes = new byte[FirstBytes];

    /// <summary>Reads exactly <paramref name="length"/> bytes; they are overwritten by the next call.</summary>
    /// <exception cref="InvalidDataException">The stream ends before.</exception>
    public ReadOnlyMemory<byte> Fill(Stream stream, int length)
    {
        var count = 0;
        while (count < length)
        {
            if (count == _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Min(length, _bytes.Length * 2));
            }

            var read = stream.Read(_bytes, count, Math.Min(length, _bytes.Length) - count);
            count += read > 0 ? read : throw new InvalidDataException($"it ends after {count} of {length} bytes");
        }

        return _bytes.AsMemory(0, length);
    }
}
