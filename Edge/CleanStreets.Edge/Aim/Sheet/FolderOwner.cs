using System.ComponentModel;
using System.Diagnostics;

namespace CleanStreets.Edge.Aim.Sheet;

/// <summary>Gives what root wrote to the owner of a folder.</summary>
internal static class FolderOwner
{
    /// <summary>Does so, when this program runs as root; else everything is its own anyway.</summary>
    /// <param name="folder">Whose owner.</param>
    /// <param name="paths">What changes hands; what is not there is left out.</param>
    /// <exception cref="IOException">It cannot be done.</exception>
    public static void HandOver(string folder, params IEnumerable<string> paths)
    {
        var there = paths.Where(path => File.Exists(path) || Directory.Exists(path)).ToList();
        if (!Environment.IsPrivilegedProcess || OperatingSystem.IsWindows() || there.Count == 0)
        {
            return;
        }

        try
        {
            // The program rather than the system call: stat has another layout on every processor.
            using var chown = Process.Start(new ProcessStartInfo("chown", ["--reference", folder, "--", .. there]) { UseShellExecute = false, RedirectStandardError = true })!;
            var said = chown.StandardError.ReadToEnd();
            chown.WaitForExit();
            if (chown.ExitCode != 0)
            {
                throw new IOException($"What was written cannot be given to the agent: {said.Trim()}");
            }
        }
        catch (Win32Exception missing)
        {
            throw new IOException($"What was written cannot be given to the agent: {missing.Message}", missing);
        }
    }
}
