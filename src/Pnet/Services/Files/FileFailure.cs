using Pnet.Transports;

namespace Pnet.Services.Files;

/// <summary>Makes the failures that files have, with the path as both ends name it and never where it is on this machine.</summary>
internal static class FileFailure
{
    public const int ENOSPC = 28;
    public const int EDQUOT = 122;
    private const int EPERM = 1;
    private const int EACCES = 13;
    private const int EROFS = 30;

    /// <summary>What an error number of the kernel means for a file.</summary>
    public static PnetException Of(int errno, string what) => new(
        errno switch
        {
            FileCalls.ENOENT => PnetError.NotFound,
            FileCalls.EEXIST => PnetError.AlreadyExists,
            EPERM or EACCES or EROFS => PnetError.PermissionDenied,
            FileCalls.ELOOP => PnetError.Refused,
            ENOSPC or EDQUOT => PnetError.LimitReached,
            _ => PnetError.Failed,
        },
        $"{what}: {(errno == FileCalls.ELOOP ? "a symbolic link is in the way, and none is followed" : Sentence(Libc.Describe(errno)))}");

    /// <summary>What an exception means for a file, or <see langword="null"/> where it isn't about the file.</summary>
    public static PnetException? From(Exception exception, string what) => exception switch
    {
        PnetException failure => failure,
        // .NET keeps the kernel's error number there.
        IOException { HResult: ENOSPC or EDQUOT } full => Of(full.HResult, what),
        IOException or UnauthorizedAccessException => new PnetException(
            exception switch
            {
                UnauthorizedAccessException => PnetError.PermissionDenied,
                FileNotFoundException or DirectoryNotFoundException => PnetError.NotFound,
                _ => PnetError.Failed,
            },
            $"{what}: {exception.Message}", null, exception),
        _ => null,
    };

    private static string Sentence(string text) => text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
}
