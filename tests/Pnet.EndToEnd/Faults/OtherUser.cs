using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Faults;

/// <summary>Runs programs as a user who owns nothing.</summary>
internal static class OtherUser
{
    private static readonly string[] Become = ["--reuid", RootFactAttribute.OtherUser, "--regid", RootFactAttribute.OtherUser, "--clear-groups"];

    /// <summary>Runs a program as that user.</summary>
    public static Task<Finished> RunAsync(TestNetwork network, params string[] command) => network.RunAsync("setpriv", [.. Become, .. command]);

    /// <summary>Whether that user can run the programs under test: where they lie below a directory of root's own, or the runtime does, not.</summary>
    public static bool CanRun()
    {
        using var process = Running.Launch("setpriv", [.. Become, "r2", "--version"], new Dictionary<string, string>());
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
