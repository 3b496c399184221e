using System.Runtime.InteropServices;

namespace Pnet.Cli;

/// <summary>
/// Failures of files in the words of the system. This program leaves the framework's own texts out, which are large: it
/// says <c>IO_PathNotFound_Path, /x</c>, the name of a text and what would be in it.
/// </summary>
internal static class SystemWords
{
    private const int LastError = 4095;

    /// <summary>What an exception says, to a person.</summary>
    public static string Of(Exception exception)
    {
        string message = exception.Message;
        int end = message.IndexOf(", ", StringComparison.Ordinal);
        ReadOnlySpan<char> name = end < 0 ? message : message.AsSpan(0, end);
        if (name.IndexOf('_') <= 0 || name.ContainsAnyExcept(Letters))
            return message;

        string what = exception switch
        {
            FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
            UnauthorizedAccessException => "permission denied",
            PathTooLongException => "the path is too long",
            // .NET keeps the kernel's error number there.
            { HResult: > 0 and <= LastError and var number } => Marshal.GetPInvokeErrorMessage(number),
            _ => name.ToString(),
        };
        return end < 0 ? what : $"{message[(end + 2)..]}: {what}";
    }

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}
