using System.Diagnostics.CodeAnalysis;

namespace Pnet.Services.Commands;

/// <summary>An error of a command, as it crosses between nodes.</summary>
/// <param name="Message">What is wrong.</param>
/// <param name="Category">The kind, a name of PowerShell's <c>ErrorCategory</c>: <c>InvalidArgument</c>, <c>ObjectNotFound</c> …</param>
/// <param name="Id">What programs know it by.</param>
/// <param name="Type">The type of the exception.</param>
/// <param name="Position">Where it happened, for a person: file, line, statement.</param>
public sealed record CommandError(string Message, string? Category = null, string? Id = null, string? Type = null, string? Position = null)
{
    /// <summary>The category of arguments that the command can't take.</summary>
    public const string InvalidArgument = "InvalidArgument";

    /// <summary>The category of results that have no JSON.</summary>
    public const string InvalidResult = "InvalidResult";

    /// <summary>The category of calls and results that there is no memory for just now.</summary>
    public const string LimitsExceeded = "LimitsExceeded";

    // Characters: enough for a person, and never too much to be told.
    private const int MaxText = 8 * 1024;
    private const int MaxWord = 1024;

    /// <summary>What is told of an exception.</summary>
    public static CommandError From(Exception exception) => exception switch
    {
        CommandException failure => failure.Error,
        PnetException failure => new CommandError(failure.Message, null, failure.Error.ToString(), failure.GetType().FullName),
        ArgumentException or FormatException => new CommandError(exception.Message, InvalidArgument, null, exception.GetType().FullName),
        _ => new CommandError(exception.Message, null, null, exception.GetType().FullName),
    };

    /// <summary>As much of it as is told: in PowerShell the id of an error may be all of a text that was thrown.</summary>
    internal CommandError Cut() => new(
        Start(Message, MaxText), Start(Category, MaxWord), Start(Id, MaxWord), Start(Type, MaxWord), Message.Length + Position?.Length <= MaxText ? Position : null);

    [return: NotNullIfNotNull(nameof(text))]
    private static string? Start(string? text, int most) => text?.Length > most ? text[..most] : text;
}
