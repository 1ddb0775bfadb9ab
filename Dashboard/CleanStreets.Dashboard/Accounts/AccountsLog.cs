namespace CleanStreets.Dashboard.Accounts;

/// <summary>Log messages of accounts: 5400–5499. Names typed by strangers are not logged: people type passwords there.</summary>
internal static partial class AccountsLog
{
    [LoggerMessage(5400, LogLevel.Warning, "Wrong log-in from {Address}")]
    public static partial void WrongLogin(ILogger logger, string address);
}
