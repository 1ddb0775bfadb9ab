namespace CleanStreets.Edge.Capture;

/// <summary>One frame of a camera.</summary>
/// <param name="Picture">What it shows.</param>
/// <param name="CapturedAt">When it came, by the truck's clock.</param>
/// <param name="Number">Its place among the frames since the start, from 1; holes are frames that nobody used in time.</param>
internal sealed record CameraFrame(Picture Picture, DateTimeOffset CapturedAt, long Number);
