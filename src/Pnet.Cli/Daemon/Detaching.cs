using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Pnet.Cli.Output;

namespace Pnet.Cli.Daemon;

/// <summary>
/// Going into the background: the program starts itself again, in a session of its own, and waits until that node runs.
/// A managed process can't fork, so the second one leaves session and terminal by itself.
/// </summary>
internal static partial class Detaching
{
    /// <summary>The option that tells the second process what it is.</summary>
    public const string Marker = "--detached";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>Starts the daemon in the background, and returns once it runs or has failed.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var daemon = Process.Start(SelfDetached()) ?? throw new PnetException(PnetError.Failed, "the daemon can't be started");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            // The line comes when the control socket answers; no line means that it failed, and said why.
            daemon.StandardInput.Close();
            Task<string> errors = daemon.StandardError.ReadToEndAsync(limit.Token);
            string? line = await daemon.StandardOutput.ReadLineAsync(limit.Token).ConfigureAwait(false);
            if (line is null)
            {
                await Console.Error.WriteAsync(await errors.ConfigureAwait(false)).ConfigureAwait(false);
                await daemon.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                return daemon.ExitCode == ExitCode.Ok ? ExitCode.Failed : daemon.ExitCode;
            }

            using var printer = new Printer(json: false);
            printer.Line(string.Create(CultureInfo.InvariantCulture, $"{line}, pid {daemon.Id}"));
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            daemon.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new PnetException(PnetError.TimedOut, $"the node did not start within {StartLimit.TotalSeconds:0} seconds", "start it without -d to see why");
        }
    }

    /// <summary>Becomes the leader of a new session, without a terminal that could send it signals.</summary>
    public static void LeaveSession()
    {
        if (!OperatingSystem.IsWindows() && setsid() < 0)
            throw new PnetException(PnetError.Failed, $"no session of its own: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>Becomes the leader of a new session, unless it leads a group of the present one, which a shell started it as.</summary>
    public static void TryLeaveSession()
    {
        if (!OperatingSystem.IsWindows())
            _ = setsid();
    }

    /// <summary>Lets go of standard input, output and error: the process at their other end is about to exit.</summary>
    public static void LeaveTerminal()
    {
        if (OperatingSystem.IsWindows())
            return;

        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        for (int descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (dup2(nothing, descriptor) < 0)
                throw new PnetException(PnetError.Failed, $"the terminal can't be left: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    private static ProcessStartInfo SelfDetached()
    {
        string program = Environment.ProcessPath ?? throw new PnetException(PnetError.Failed, "this program can't find itself to start again", "run it without -d");
        // All three are pipes to this process: the runtime keeps copies of what it starts with, and would hold on to the
        // terminal, or to the pipe of whoever waits for this command's output to end.
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        string[] arguments = Environment.GetCommandLineArgs();
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(arguments[0]);

        // A link leads to the manager's name, a copy keeps its own.
        if (!ProgramName.IsDaemonName(program))
            start.ArgumentList.Add(ProgramName.DaemonCommand);
        start.ArgumentList.Add(Marker);
        foreach (string argument in ProgramName.StripCommand(arguments[1..]))
            start.ArgumentList.Add(argument);
        return start;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(SafeHandle from, int to);
}
