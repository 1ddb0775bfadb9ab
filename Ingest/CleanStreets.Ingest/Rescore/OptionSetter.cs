using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Ingest.Rescore;

/// <summary>Sets one property of an options object from text, and says what it could have been set to.</summary>
internal static class OptionSetter
{
    private static readonly (Type Type, string Form, Func<string, object?> Parse)[] Readers =
    [
        (typeof(double), "a number", text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null),
        (typeof(int), "a whole number", text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null),
        (typeof(bool), "true or false", text => bool.TryParse(text, out var flag) ? flag : null),
        (typeof(string), "a text", text => text.Length > 0 ? text : null),
        (typeof(TimeSpan), "a time such as 00:05:00", text => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null),
        (typeof(IReadOnlyList<double>), "numbers with commas between", Numbers),
        (typeof(IReadOnlyList<string>), "words with commas between", text => Words(text) is { Length: > 0 } words ? words : null),
        (typeof(IReadOnlyList<KindWeight>), "kinds with commas between, KIND or KIND:PIECES", KindWeights),
    ];

    /// <summary>Names that can be set.</summary>
    public static IEnumerable<string> NamesOf(object options) => Properties(options.GetType()).Select(property => property.Name);

    /// <summary>Sets <paramref name="name"/>, whatever its case.</summary>
    /// <exception cref="UsageException">There is no such setting, or the text is not one of its values.</exception>
    public static void Set(object options, string key, string name, string text)
    {
        var property = Properties(options.GetType()).FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"--set {key}: there is no such setting. Here are: {string.Join(", ", NamesOf(options))}.");
        var reader = Readers.First(reader => reader.Type == property.PropertyType);
        var value = reader.Parse(text) ?? throw new UsageException($"--set {key}={text}: {property.Name} is {reader.Form}.");
        if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(value))
        {
            throw new UsageException($"--set {key}={text}: {property.Name} lies between {range.Minimum} and {range.Maximum}.");
        }

        property.SetValue(options, value);
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite && property.Name != nameof(CrowOptions.Name) && Readers.Any(reader => reader.Type == property.PropertyType));

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static double[]? Numbers(string text)
    {
        var numbers = Words(text).Select(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToArray();
        return numbers.Length > 0 && numbers.All(double.IsFinite) ? numbers : null;
    }

    private static KindWeight[]? KindWeights(string text)
    {
        var weights = new List<KindWeight>();
        foreach (var word in Words(text))
        {
            var at = word.IndexOf(':', StringComparison.Ordinal);
            var pieces = 1.0;
            if (at >= 0 && !double.TryParse(word[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out pieces))
            {
                return null;
            }

            weights.Add(new KindWeight(at < 0 ? word : word[..at], pieces));
        }

        return weights.Count > 0 ? [.. weights] : null;
    }
}
