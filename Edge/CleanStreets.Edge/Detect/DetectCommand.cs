using System.CommandLine;

namespace CleanStreets.Edge.Detect;

/// <summary><c>edge detect</c>: tries a model on a folder of pictures.</summary>
internal static class DetectCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "YOLO model, ONNX (YOLOX, v5, v8 to v11, v10 end to end).", Required = true };
    private static readonly Option<string> Labels = new("--labels") { Description = "The model's labels, one a line, in its order.", Required = true };
    private static readonly Option<string> Images = new("--images") { Description = "Folder of pictures.", Required = true };
    private static readonly Option<string> Out = new("--out") { Description = "Report to write, JSON.", Required = true };
    private static readonly Option<string?> Draw = new("--draw") { Description = "Folder for pictures with boxes. People and vehicles are masked; where that is unsure, the boxes stand on grey." };
    private static readonly Option<string?> Settings = new("--settings") { Description = "What labels mean to us, JSON. Default: what is built in." };
    private static readonly Option<string?> Labelled = new("--labelled") { Description = $"Hand-drawn boxes of the pictures, COCO JSON (default: {DetectOptions.LabelledBeside} among them, if there): tells the mask's miss-rate and what was found of each kind." };
    private static readonly Option<string?> Card = new("--card") { Description = "Model card to write, measured on the labelled pictures; named NAME.card.json beside NAME.onnx it travels with the model." };
    private static readonly Option<int> Threads = new("--threads") { Description = "Threads that compute.", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        var command = new Command("detect", "Try a detection model on a folder of pictures.") { Model, Labels, Images, Out, Draw, Settings, Labelled, Card, Threads };
        Threads.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is < 1 or > 64)
            {
                result.AddError("--threads is 1 to 64.");
            }
        });
        command.SetAction((parsed, stop) => new DetectRun(
            new DetectOptions
            {
                Model = parsed.GetRequiredValue(Model),
                Labels = parsed.GetRequiredValue(Labels),
                Images = parsed.GetRequiredValue(Images),
                Out = parsed.GetRequiredValue(Out),
                Draw = parsed.GetValue(Draw),
                Settings = parsed.GetValue(Settings),
                Labelled = parsed.GetValue(Labelled),
                Card = parsed.GetValue(Card),
                Threads = parsed.GetValue(Threads),
            },
            Console.Out,
            Console.Error).RunAsync(stop));
        return command;
    }
}
