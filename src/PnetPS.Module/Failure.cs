using System.Management.Automation;
using Pnet;

namespace PnetPS;

/// <summary>Turns failures into error records: one place for their ids, categories and advice.</summary>
internal static class Failure
{
    /// <summary>Whether a failure is one that users can meet; any other is a defect and ends the pipeline with its stack.</summary>
    public static bool IsExpected(Exception exception) => exception is
        IOException or FormatException or OperationCanceledException or UnauthorizedAccessException or ObjectDisposedException
        or TimeoutException or NotSupportedException;

    /// <summary>Makes the record; PowerShell appends the cmdlet to its id, as in <c>PeerUnreachable,PnetPS.Commands.…</c>.</summary>
    public static ErrorRecord ToErrorRecord(Exception exception, object? target)
    {
        var (id, category, action) = Describe(exception);
        var record = new ErrorRecord(exception, id, category, target);
        return Show(record, action);
    }

    /// <summary>Sets what a user is shown of a failure, which may be in the words of another node: a terminal must not obey them.</summary>
    public static ErrorRecord Show(ErrorRecord record, string? action = null)
    {
        var message = record.Exception.Message;
        var shown = PlainText.CleanLines(message.ReplaceLineEndings("\n"));
        if (action is not null || shown != message)
            record.ErrorDetails = new ErrorDetails(shown) { RecommendedAction = action is null ? null : PlainText.Clean(action) };
        return record;
    }

    private static (string Id, ErrorCategory Category, string? Action) Describe(Exception exception) => exception switch
    {
        PnetException failure => (Id(failure.Error), Category(failure.Error), failure.Action is { } action ? Advice.ForPowerShell(action) : null),
        RecipeException => ("InvalidRecipe", ErrorCategory.InvalidData, "Correct the recipe; Test-R2Recipe tells its errors one by one."),
        FormatException => ("InvalidInput", ErrorCategory.InvalidArgument, null),
        OperationCanceledException or TimeoutException => ("TimedOut", ErrorCategory.OperationTimeout, "Allow it more time with -Timeout."),
        UnauthorizedAccessException => ("PermissionDenied", ErrorCategory.PermissionDenied, null),
        ObjectDisposedException => ("NodeClosed", ErrorCategory.ResourceUnavailable, "Start the node again with Start-R2Node."),
        NotSupportedException => ("NotSupported", ErrorCategory.NotImplemented, null),
        FileNotFoundException or DirectoryNotFoundException => ("FileNotFound", ErrorCategory.ObjectNotFound, null),
        _ => ("Failed", ErrorCategory.NotSpecified, null),
    };

    private static string Id(PnetError error) => error switch
    {
        PnetError.Usage => "InvalidInput",
        PnetError.Unreachable => "PeerUnreachable",
        PnetError.Refused => "PeerRefused",
        PnetError.Protocol => "ProtocolViolation",
        PnetError.Closed => "NodeClosed",
        _ => error.ToString(),
    };

    private static ErrorCategory Category(PnetError error) => error switch
    {
        PnetError.Usage => ErrorCategory.InvalidArgument,
        PnetError.Unreachable => ErrorCategory.ConnectionError,
        PnetError.Refused => ErrorCategory.SecurityError,
        PnetError.TimedOut => ErrorCategory.OperationTimeout,
        PnetError.IdentityMismatch or PnetError.NetworkKeyMismatch => ErrorCategory.AuthenticationError,
        PnetError.Protocol => ErrorCategory.ProtocolError,
        PnetError.AlreadyExists => ErrorCategory.ResourceExists,
        PnetError.NotFound => ErrorCategory.ObjectNotFound,
        PnetError.PermissionDenied => ErrorCategory.PermissionDenied,
        PnetError.LimitReached => ErrorCategory.LimitsExceeded,
        PnetError.Closed => ErrorCategory.ResourceUnavailable,
        _ => ErrorCategory.NotSpecified,
    };
}
