namespace Pnet.EndToEnd.Fixture;

/// <summary>Where the programs under test are: the build leaves them beside the tests.</summary>
internal static class Programs
{
    public static string Directory => AppContext.BaseDirectory.TrimEnd('/');

    public static string Manager { get; } = Path.Combine(Directory, "r2");

    public static string Daemon { get; } = Path.Combine(Directory, "r2d");

    /// <summary>A search path on which <c>r2</c> and <c>r2d</c> are found by name, as users have it.</summary>
    public static string SearchPath { get; } = $"{Directory}:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
}
