using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>The real model and the real photos beside the repository.</summary>
internal static class SharedVision
{
    public static string Model => SharedData.Require("data/vision/yolox_nano.onnx");

    public static string Labels => SharedData.Require("data/vision/classes.txt");

    public static string Photos => SharedData.Require("data/vision/amsterdam");

    /// <summary>Our own hand-drawn boxes of people and vehicles on those photos.</summary>
    public static string PeopleAndVehicles => RepositoryRoot.Combine("Tests", "CleanStreets.Edge.Tests", "Vision", "people-and-vehicles.json");

    public static DetectionModel Open(VisionSettings? settings = null) =>
        DetectionModel.Open(Model, LabelFile.Read(Labels), settings ?? VisionSettingsFile.Read(null), threads: 1);

    public static Task<Picture> PhotoAsync(string name) =>
        PictureFile.ReadAsync(Path.Combine(Photos, name), TestContext.Current.CancellationToken);
}
