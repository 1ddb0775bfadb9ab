using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace CleanStreets.Dashboard.Web;

/// <summary>Errors as <c>application/problem+json</c> with a code for programs and a sentence for people.</summary>
internal static class Problems
{
    public static ProblemHttpResult Of(int status, string code, string detail, params ReadOnlySpan<KeyValuePair<string, object?>> more)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = code };
        foreach (var (name, value) in more)
        {
            if (value is not null)
            {
                extensions[name] = value; // Absent instead of null, as everywhere.
            }
        }

        return TypedResults.Problem(detail, null, status, ReasonPhrases.GetReasonPhrase(status), null, extensions);
    }

    /// <summary>The code of an answer that the framework made without one.</summary>
    public static string CodeOf(int? status) => status switch
    {
        400 => "bad_request",
        401 => "log_in",
        403 => "not_allowed",
        404 => "not_found",
        405 => "wrong_method",
        413 => "too_large",
        415 => "json_expected",
        _ => "failed",
    };
}
