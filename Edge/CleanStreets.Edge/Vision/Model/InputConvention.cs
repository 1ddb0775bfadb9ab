namespace CleanStreets.Edge.Vision.Model;

/// <summary>How a family of models wants its pictures.</summary>
/// <param name="BlueFirst">Planes blue, green, red instead of red, green, blue.</param>
/// <param name="Factor">What a byte is multiplied with: 1, or 1/255.</param>
/// <param name="Centred">Grey bars on both sides instead of right and below only.</param>
internal readonly record struct InputConvention(bool BlueFirst, float Factor, bool Centred)
{
    /// <summary>What the family of a layout was trained with.</summary>
    public static InputConvention Of(OutputLayout layout) => layout is OutputLayout.YoloX or OutputLayout.YoloXPixels
        ? new InputConvention(BlueFirst: true, Factor: 1, Centred: false)
        : new InputConvention(BlueFirst: false, Factor: 1f / 255, Centred: true);
}
