using System.Text.Json;

namespace CleanStreets.Contracts.Boxes;

/// <summary>Something the city asks of one box now, on <see cref="Topics.Requests"/>. Not retained: who is not there does not hear it.</summary>
/// <param name="Id">Names the answer.</param>
/// <param name="Method">What is asked: see <see cref="BoxMethods"/>.</param>
/// <param name="Parameters">By method; absent: the usual.</param>
public sealed record BoxRequest(string Id, string Method, JsonElement? Parameters = null);

/// <summary>The box's answer on <see cref="Topics.Answers"/>.</summary>
/// <param name="Id">That of the request.</param>
/// <param name="Status">As in HTTP: 200 done, 400 wrong parameters, 404 no such method, 500 it failed.</param>
/// <param name="Body">By method.</param>
public sealed record BoxAnswer(string Id, int Status, JsonElement? Body = null);

/// <summary>What a box can be asked.</summary>
public static class BoxMethods
{
    /// <summary>Says the status at once.</summary>
    public const string Status = "status";

    /// <summary>The newest lines of the agent's log: <c>{"lines":200,"bytes":65536}</c>.</summary>
    public const string Logs = "logs";

    /// <summary>Renews the certificate now.</summary>
    public const string Renew = "renew";

    /// <summary>Forgets everything: readings, key, certificate and settings; answers, then stops.</summary>
    public const string Wipe = "wipe";
}
