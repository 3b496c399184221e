namespace Pnet.EndToEnd.Fixture;

/// <summary>Where the programs under test are, and all others.</summary>
internal static class Executables
{
    /// <summary>
    /// The directory of the programs under test: that of the variable <c>PNET_TEST_PROGRAMS</c>, or, where it is not set, that of the
    /// tests, where the build leaves them. Programs that were compiled ahead of time start with a tenth of the work.
    /// </summary>
    public static string Programs { get; } = Environment.GetEnvironmentVariable("PNET_TEST_PROGRAMS") is { Length: > 0 } directory
        ? Path.GetFullPath(directory)
        : AppContext.BaseDirectory.TrimEnd('/');

    public static string Manager { get; } = Path.Combine(Programs, "r2");

    public static string Daemon { get; } = Path.Combine(Programs, "r2d");

    /// <summary>A search path on which <c>r2</c> and <c>r2d</c> are found by name, as users have it.</summary>
    public static string SearchPath { get; } = $"{Programs}:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";

    /// <summary>Where a program is, or <see langword="null"/> where there is none of that name.</summary>
    public static string? Find(string program) => SearchPath.Split(':').Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);
}
