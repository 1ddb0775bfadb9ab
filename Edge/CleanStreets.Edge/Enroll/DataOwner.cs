using System.Diagnostics;

namespace CleanStreets.Edge.Enroll;

/// <summary>Whose the agent's data is: what root wrote there goes to the user that the agent runs as.</summary>
internal static class DataOwner
{
    private const string Tool = "/bin/chown";

    /// <summary>Gives a folder below the data folder, with all that is in it, to the owner of the data folder. Does nothing unless root asks.</summary>
    /// <exception cref="EnrollException">It could not be given.</exception>
    public static void TakeOver(string data, string folder)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return;
        }

        try
        {
            // Links are given, not followed: the owner of the folder may have put some there.
            using var give = Process.Start(new ProcessStartInfo(Tool, ["-R", "-h", "-P", $"--reference={data}", folder]) { RedirectStandardError = true, UseShellExecute = false })!;
            var said = give.StandardError.ReadToEnd().Trim();
            give.WaitForExit();
            if (give.ExitCode != 0)
            {
                throw new EnrollException($"The box is enrolled, and its key cannot be given to the user the agent runs as: {said}. Do that with chown -R --reference={data} {folder}");
            }
        }
        catch (System.ComponentModel.Win32Exception ex)
        {
            throw new EnrollException($"The box is enrolled, and its key cannot be given to the user the agent runs as: {Tool} {ex.Message}", cause: ex);
        }
    }
}
