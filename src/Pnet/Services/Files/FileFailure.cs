using Pnet.Transports;

namespace Pnet.Services.Files;

/// <summary>Makes the failures that files have, with the path as both ends name it and never where it is on this machine.</summary>
internal static class FileFailure
{
    private const int EPERM = 1;
    private const int EACCES = 13;
    private const int EFBIG = 27;
    private const int EROFS = 30;
    private const int ENAMETOOLONG = 36;
    private const int LastError = 4095;

    /// <summary>What an error number of the kernel means for a file.</summary>
    public static PnetException Of(int errno, string what) => new(
        errno switch
        {
            FileCalls.ENOENT => PnetError.NotFound,
            FileCalls.EEXIST => PnetError.AlreadyExists,
            EPERM or EACCES or EROFS => PnetError.PermissionDenied,
            FileCalls.ELOOP => PnetError.Refused,
            Libc.ENOSPC or Libc.EDQUOT => PnetError.LimitReached,
            _ => PnetError.Failed,
        },
        $"{what}: {(errno == FileCalls.ELOOP ? "a symbolic link is in the way, and none is followed" : Sentence(Libc.Describe(errno)))}");

    /// <summary>What an exception means for a file, or <see langword="null"/> where it isn't about the file.</summary>
    public static PnetException? From(Exception exception, string what) => exception switch
    {
        PnetException failure => failure,
        // Not .NET's own words: they name paths of this machine, and a program compiled ahead of time has them as names of resources.
        FileNotFoundException or DirectoryNotFoundException => Of(FileCalls.ENOENT, what),
        PathTooLongException => Of(ENAMETOOLONG, what),
        UnauthorizedAccessException => Of(Number(exception.InnerException) ?? EACCES, what),
        // What .NET makes of a file that is larger than its file system can have.
        ArgumentOutOfRangeException { ParamName: "value" } => Of(EFBIG, what),
        IOException => Number(exception) is { } number ? Of(number, what) : new PnetException(PnetError.Failed, $"{what}: {exception.Message}", null, exception),
        _ => null,
    };

    // .NET keeps the kernel's error number there.
    private static int? Number(Exception? exception) => exception is IOException { HResult: > 0 and <= LastError } failure ? failure.HResult : null;

    private static string Sentence(string text) => text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
}
