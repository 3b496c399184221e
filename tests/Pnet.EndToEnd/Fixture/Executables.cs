namespace Pnet.EndToEnd.Fixture;

/// <summary>Where the programs under test are (the build leaves them beside the tests), and all others.</summary>
internal static class Executables
{
    public static string Manager { get; } = Path.Combine(AppContext.BaseDirectory, "r2");

    public static string Daemon { get; } = Path.Combine(AppContext.BaseDirectory, "r2d");

    /// <summary>A search path on which <c>r2</c> and <c>r2d</c> are found by name, as users have it.</summary>
    public static string SearchPath { get; } = $"{AppContext.BaseDirectory.TrimEnd('/')}:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";

    /// <summary>Where a program is, or <see langword="null"/> where there is none of that name.</summary>
    public static string? Find(string program) => SearchPath.Split(':').Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);
}
