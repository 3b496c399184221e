using System.Diagnostics;

namespace Pnet.Benchmarks.Calls;

/// <summary>A call as a user of a shell makes it: a program is started, and writes the result.</summary>
internal static class ProgramCall
{
    /// <summary>Runs a program that writes the sum of 1 and 2.</summary>
    public static async Task RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true }) ?? throw new IOException($"{program} did not start");
        string sum = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0 || sum.Trim() != "3")
            throw new IOException($"{program} failed or adds wrongly: {process.ExitCode}, {sum}");
    }
}
