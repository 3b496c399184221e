using System.Management.Automation;
using Pnet;

namespace PnetPS.Messages;

/// <summary>Objects as CLIXML, which is what crosses between sessions of PowerShell.</summary>
internal static class Clixml
{
    /// <summary>The levels of properties that are told, as with <c>Export-Clixml</c>.</summary>
    public const int DefaultDepth = 2;

    /// <summary>Writes an object; on the pipeline's thread, as it may have properties that are script.</summary>
    public static string Write(object? value, int depth) => PSSerializer.Serialize(value, depth);

    /// <summary>
    /// Reads an object: a plain value, or a property bag. The engine makes certain types again from their properties where it finds
    /// a session's table of types, so it is read on a thread that has no session.
    /// </summary>
    /// <exception cref="PnetException">It is no CLIXML.</exception>
    public static async Task<object?> ReadAsync(string text)
    {
        try
        {
            return await Task.Run(() => PSSerializer.Deserialize(text)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is System.Xml.XmlException or InvalidOperationException or FormatException or ArgumentException or PSInvalidCastException)
        {
            throw new PnetException(PnetError.Protocol, $"that is no CLIXML: {exception.Message.ReplaceLineEndings(" ")}", "The sender has to send it anew; its text is in the message's Text.", exception);
        }
    }
}
