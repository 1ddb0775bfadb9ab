namespace CleanStreets.Launcher.Commands;

/// <summary>Opening the files a verb is given, with a sentence when that fails.</summary>
internal static class TextFiles
{
    public static StreamReader OpenRead(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new WrongUseException($"Cannot read {path}: {Reason(problem)}. Check the path.", problem);
        }
    }

    public static StreamWriter OpenWrite(string path)
    {
        try
        {
            return new StreamWriter(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new WrongUseException($"Cannot write {path}: {Reason(problem)}. Name a file in a folder that exists and that you may write to.", problem);
        }
    }

    /// <summary>What a failed opening means, in a few words.</summary>
    public static string Reason(Exception problem) => problem switch
    {
        FileNotFoundException or DirectoryNotFoundException => "it does not exist",
        UnauthorizedAccessException => "it may not be opened",
        _ => problem.Message.TrimEnd('.'),
    };
}
