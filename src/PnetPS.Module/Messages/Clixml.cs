using System.Management.Automation;
using Pnet;

namespace PnetPS.Messages;

/// <summary>Objects as CLIXML, which is what crosses between sessions of PowerShell.</summary>
internal static class Clixml
{
    /// <summary>The levels of properties that are told, as with <c>Export-Clixml</c>.</summary>
    public const int DefaultDepth = 2;

    /// <summary>Writes an object; on the pipeline's thread, as it may have properties that are script.</summary>
    /// <exception cref="PnetException">It holds a secret, which CLIXML would tell in plain text everywhere but on Windows.</exception>
    public static string Write(object? value, int depth)
    {
        var text = PSSerializer.Serialize(value, depth);
        return ClixmlText.FindSecret(text) is { } where
            ? throw new PnetException(PnetError.Usage, $"the object holds a secure string{where}", "Send it without its secrets: Select-Object -ExcludeProperty.")
            : text;
    }

    /// <summary>
    /// Reads an object: a plain value, or a property bag. The engine makes certain types again from their properties where it finds
    /// a session's table of types, so it is read on a thread that has no session; and instances of CIM from what they tell of their
    /// class, so it is not shown that.
    /// </summary>
    /// <exception cref="PnetException">It is no CLIXML.</exception>
    public static async Task<object?> ReadAsync(string text)
    {
        try
        {
            return await Task.Run(() => PSSerializer.Deserialize(ClixmlText.WithoutClasses(text))).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // It is a stranger's text: whatever the engine stumbles over, it must not be the reader of the inbox.
            throw new PnetException(PnetError.Protocol, $"that is no CLIXML: {exception.Message.ReplaceLineEndings(" ")}", "The sender has to send it anew; its text is in the message's Text.", exception);
        }
    }
}
