using Pnet;

namespace PnetPS.Labs;

/// <summary>The program that runs a node as a daemon.</summary>
/// <param name="Path">Its file.</param>
internal sealed record DaemonProgram(string Path)
{
    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["r2d.exe", "r2.exe"] : ["r2d", "r2"];

    /// <summary>The words that come before the daemon's options: <c>r2 daemon</c> is <c>r2d</c>.</summary>
    public IReadOnlyList<string> Words =>
        System.IO.Path.GetFileNameWithoutExtension(Path).Equals("r2d", StringComparison.OrdinalIgnoreCase) ? [] : ["daemon"];

    /// <summary>Finds it.</summary>
    /// <param name="given">The file that the user named, in full, or <see langword="null"/> for the one on <c>PATH</c>.</param>
    /// <exception cref="PnetException">There is none.</exception>
    public static DaemonProgram Find(string? given)
    {
        if (given is not null)
            return File.Exists(given) ? new DaemonProgram(given) : throw new PnetException(PnetError.NotFound, $"there is no daemon at {given}", "Name the file of r2d or r2 with -DaemonPath.");
        return FindOnPath(Names) is { } found
            ? new DaemonProgram(found)
            : throw new PnetException(PnetError.NotFound, "there is no r2d and no r2 on PATH", "Install the command-line program, or name its file with -DaemonPath.");
    }

    /// <summary>Finds the first of some programs that is on <c>PATH</c>.</summary>
    public static string? FindOnPath(params IEnumerable<string> names)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return (from name in names from folder in folders select System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
