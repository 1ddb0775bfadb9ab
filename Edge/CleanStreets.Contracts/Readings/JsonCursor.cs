using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace CleanStreets.Contracts.Readings;

/// <summary>Reads JSON token by token: the forward half of <see cref="Utf8JsonReader"/>, which is its twin in tests, at half its cost.</summary>
/// <remarks>
/// For text in one piece that is known to be UTF-8. Strict as RFC 8259 is: no comments, no commas too many, escapes checked. What is no JSON
/// ends it (<see cref="Failed"/>) instead of throwing, so that rubbish costs no more than readings do.
/// </remarks>
internal ref struct JsonCursor
{
    private readonly ReadOnlySpan<byte> _text;
    private int _at;

    /// <summary>A bit for each open level, the innermost lowest: 1 is an object.</summary>
    private uint _levels;

    public JsonCursor(ReadOnlySpan<byte> text) => _text = text;

    public JsonTokenType TokenType { get; private set; }

    /// <summary>Objects and lists that are open; the one just begun counts.</summary>
    public int Depth { get; private set; }

    /// <summary>What was read is no JSON, or nested too deep.</summary>
    public bool Failed { get; private set; }

    /// <summary>The number or literal as it stands; the text or name without its quotes.</summary>
    public ReadOnlySpan<byte> ValueSpan { get; private set; }

    /// <summary>The text or name holds escapes.</summary>
    public bool ValueIsEscaped { get; private set; }

    private readonly bool InObject => (_levels & 1) != 0;

    /// <summary>Goes on to the next token; false at the end, and where the text is no JSON.</summary>
    public bool Read()
    {
        if (Failed)
        {
            return false;
        }

        var next = NextByte();
        switch (TokenType)
        {
            case JsonTokenType.None or JsonTokenType.PropertyName:
                return ReadValue(next);
            case JsonTokenType.StartObject:
                return next == '"' ? ReadName() : next == '}' ? End(JsonTokenType.EndObject) : Fail();
            case JsonTokenType.StartArray:
                return next == ']' ? End(JsonTokenType.EndArray) : ReadValue(next);
            default:
                return ReadBehindValue(next);
        }
    }

    /// <summary>Passes over what begins here: a name's value, an object, a list. Does nothing elsewhere.</summary>
    public void Skip()
    {
        if (TokenType == JsonTokenType.PropertyName)
        {
            Read();
        }

        if (TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            var outside = Depth - 1;
            while (Depth > outside && Read())
            {
            }
        }
    }

    private bool ReadBehindValue(int next)
    {
        if (Depth == 0)
        {
            return next >= 0 && Fail();
        }

        if (next == ',')
        {
            _at++;
            next = NextByte();
            return !InObject ? ReadValue(next) : next == '"' ? ReadName() : Fail();
        }

        return next == '}' && InObject ? End(JsonTokenType.EndObject) : next == ']' && !InObject ? End(JsonTokenType.EndArray) : Fail();
    }

    private bool ReadName()
    {
        if (!ReadText())
        {
            return Fail();
        }

        if (NextByte() != ':')
        {
            return Fail();
        }

        _at++;
        TokenType = JsonTokenType.PropertyName;
        return true;
    }

    private bool ReadValue(int next)
    {
        switch (next)
        {
            case '"':
                TokenType = JsonTokenType.String;
                return ReadText() || Fail();
            case '{':
                return Begin(JsonTokenType.StartObject, 1);
            case '[':
                return Begin(JsonTokenType.StartArray, 0);
            case 't':
                return ReadWord("true"u8, JsonTokenType.True);
            case 'f':
                return ReadWord("false"u8, JsonTokenType.False);
            case 'n':
                return ReadWord("null"u8, JsonTokenType.Null);
            default:
                TokenType = JsonTokenType.Number;
                return ReadNumber() || Fail();
        }
    }

    private bool Begin(JsonTokenType type, uint level)
    {
        if (Depth == ReadingLimits.MaxJsonDepth)
        {
            return Fail();
        }

        _at++;
        Depth++;
        _levels = (_levels << 1) | level;
        TokenType = type;
        return true;
    }

    private bool End(JsonTokenType type)
    {
        _at++;
        Depth--;
        _levels >>= 1;
        TokenType = type;
        return true;
    }

    private bool Fail()
    {
        Failed = true;
        TokenType = JsonTokenType.None;
        ValueSpan = default;
        return false;
    }

    private bool ReadWord(ReadOnlySpan<byte> word, JsonTokenType type)
    {
        if (!_text[_at..].StartsWith(word))
        {
            return Fail();
        }

        ValueSpan = _text.Slice(_at, word.Length);
        _at += word.Length;
        TokenType = type;
        return true;
    }

    /// <summary>The first byte that is no white space; -1 at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int NextByte()
    {
        var text = _text;
        var at = _at;
        while ((uint)at < (uint)text.Length)
        {
            var b = text[at];
            if (b is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                _at = at;
                return b;
            }

            at++;
        }

        _at = at;
        return -1;
    }

    private bool ReadText()
    {
        var start = _at + 1;
        var at = start;
        ValueIsEscaped = false;
        while (true)
        {
            at = EndOfPlain(at);
            if ((uint)at >= (uint)_text.Length || _text[at] < ' ')
            {
                return false;
            }

            if (_text[at] == '"')
            {
                ValueSpan = _text[start..at];
                _at = at + 1;
                return true;
            }

            ValueIsEscaped = true;
            var length = EscapeLength(_text[at..]);
            if (length == 0)
            {
                return false;
            }

            at += length;
        }
    }

    /// <summary>Where the next quote, backslash or control character stands, sixteen bytes at a time.</summary>
    private readonly int EndOfPlain(int at)
    {
        ref var text = ref MemoryMarshal.GetReference(_text);
        for (; at <= _text.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var bytes = Vector128.LoadUnsafe(ref text, (nuint)at);
            var special = Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | Vector128.LessThan(bytes, Vector128.Create((byte)' '));
            if (special != Vector128<byte>.Zero)
            {
                return at + BitOperations.TrailingZeroCount(special.ExtractMostSignificantBits());
            }
        }

        while (at < _text.Length && _text[at] is not ((byte)'"' or (byte)'\\' or < (byte)' '))
        {
            at++;
        }

        return at;
    }

    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        if (text[1] != 'u')
        {
            return "\"\\/bfnrt"u8.Contains(text[1]) ? 2 : 0;
        }

        const int Length = 6;
        if (text.Length < Length)
        {
            return 0;
        }

        foreach (var digit in text[2..Length])
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return 0;
            }
        }

        return Length;
    }

    private bool ReadNumber()
    {
        var text = _text;
        var start = _at;
        var at = start;
        if ((uint)at < (uint)text.Length && text[at] == '-')
        {
            at++;
        }

        var whole = at;
        at = EndOfDigits(text, at);
        if (at == whole || (text[whole] == '0' && at > whole + 1))
        {
            return false;
        }

        if ((uint)at < (uint)text.Length && text[at] == '.')
        {
            var fraction = at + 1;
            at = EndOfDigits(text, fraction);
            if (at == fraction)
            {
                return false;
            }
        }

        if ((uint)at < (uint)text.Length && text[at] is ((byte)'e' or (byte)'E'))
        {
            at++;
            if ((uint)at < (uint)text.Length && text[at] is ((byte)'+' or (byte)'-'))
            {
                at++;
            }

            var exponent = at;
            at = EndOfDigits(text, exponent);
            if (at == exponent)
            {
                return false;
            }
        }

        ValueSpan = text[start..at];
        _at = at;
        return true;
    }

    private static int EndOfDigits(ReadOnlySpan<byte> text, int at)
    {
        while ((uint)at < (uint)text.Length && (uint)(text[at] - '0') <= 9)
        {
            at++;
        }

        return at;
    }
}
