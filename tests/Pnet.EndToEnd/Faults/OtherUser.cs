using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Faults;

/// <summary>Runs programs as a user who owns nothing.</summary>
internal static class OtherUser
{
    /// <summary>What starts a program as that user.</summary>
    public static readonly IReadOnlyList<string> Become = ["setpriv", "--reuid", RootFactAttribute.OtherUser, "--regid", RootFactAttribute.OtherUser, "--clear-groups"];

    /// <summary>Runs a program as that user.</summary>
    public static Task<Finished> RunAsync(TestNetwork network, params string[] command) => network.RunAsync(Become[0], [.. Become.Skip(1), .. command]);

    /// <summary>Whether that user can run the programs under test: where they lie below a directory of root's own, or the runtime does, not.</summary>
    public static bool CanRun()
    {
        using var process = Running.Launch(Become[0], [.. Become.Skip(1), "r2", "--version"], new Dictionary<string, string>());
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
