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
    /// <summary>So many digits are below 2^53: as a double they are exact.</summary>
    private const int MostPlainDigits = 15;

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

    /// <summary>Of a number: it has up to 15 digits, no exponent and is not −0, so it is exactly <see cref="Mantissa"/> ÷ 10^<see cref="Decimals"/>.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>The digits of a plain number as a whole number, with its sign.</summary>
    public long Mantissa { get; private set; }

    /// <summary>Digits behind the point of a plain number.</summary>
    public int Decimals { get; private set; }

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

    /// <summary>
    /// Goes on to the next field of the object that has begun, or whose last field's value has been read or passed over, and stands on its value;
    /// false at the object's end, and where the text is no JSON.
    /// </summary>
    /// <param name="name">The field's name in UTF-8; empty when it could be none of ours.</param>
    public bool ReadField(out ReadOnlySpan<byte> name)
    {
        if (Read() && TokenType == JsonTokenType.PropertyName)
        {
            name = ValueIsEscaped ? JsonText.Unescaped(ValueSpan) : ValueSpan;
            return ReadValue(NextByte());
        }

        name = default;
        return false;
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
        var at = EndOfPlain(_text, start);
        if ((uint)at >= (uint)_text.Length || _text[at] != '"')
        {
            return ReadEscapedText(start, at);
        }

        ValueIsEscaped = false;
        ValueSpan = _text[start..at];
        _at = at + 1;
        return true;
    }

    /// <summary>Goes on where a text holds its first backslash, or breaks off.</summary>
    private bool ReadEscapedText(int start, int at)
    {
        ValueIsEscaped = false;
        while (true)
        {
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

            at = EndOfPlain(_text, at + length);
        }
    }

    /// <summary>Where the next quote, backslash or control character stands, sixteen bytes at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EndOfPlain(ReadOnlySpan<byte> text, int at)
    {
        ref var first = ref MemoryMarshal.GetReference(text);
        for (; at <= text.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var bytes = Vector128.LoadUnsafe(ref first, (nuint)at);
            var special = (Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | Vector128.Equals(Vector128.Min(bytes, Vector128.Create((byte)0x1f)), bytes)).ExtractMostSignificantBits();
            if (special != 0)
            {
                return at + BitOperations.TrailingZeroCount(special);
            }
        }

        while ((uint)at < (uint)text.Length && text[at] is not ((byte)'"' or (byte)'\\' or < (byte)' '))
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
        var isNegative = (uint)at < (uint)text.Length && text[at] == '-';
        var whole = isNegative ? at + 1 : at;
        var mantissa = 0L;
        at = AddDigits(text, whole, ref mantissa);
        if (at == whole || (text[whole] == '0' && at > whole + 1))
        {
            return false;
        }

        var digits = at - whole;
        var decimals = 0;
        if ((uint)at < (uint)text.Length && text[at] == '.')
        {
            var fraction = at + 1;
            at = AddDigits(text, fraction, ref mantissa);
            decimals = at - fraction;
            if (decimals == 0)
            {
                return false;
            }
        }

        var isPlain = digits + decimals <= MostPlainDigits && !(isNegative && mantissa == 0);
        if ((uint)at < (uint)text.Length && text[at] is ((byte)'e' or (byte)'E'))
        {
            isPlain = false;
            at++;
            if ((uint)at < (uint)text.Length && text[at] is ((byte)'+' or (byte)'-'))
            {
                at++;
            }

            var exponent = at;
            at = AddDigits(text, exponent, ref mantissa);
            if (at == exponent)
            {
                return false;
            }
        }

        (IsPlain, Mantissa, Decimals) = (isPlain, isNegative ? -mantissa : mantissa, decimals);
        ValueSpan = text[start..at];
        _at = at;
        return true;
    }

    /// <summary>Passes over digits and adds them to a whole number, which says nothing any more when there are too many of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AddDigits(ReadOnlySpan<byte> text, int at, ref long number)
    {
        var sum = number;
        while ((uint)at < (uint)text.Length)
        {
            var digit = (uint)(text[at] - '0');
            if (digit > 9)
            {
                break;
            }

            sum = unchecked((sum * 10) + digit);
            at++;
        }

        number = sum;
        return at;
    }
}
