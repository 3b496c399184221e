using System.Runtime.CompilerServices;
using System.Text;
using Pnet.Transports;

namespace Pnet.Cli;

/// <summary>The one executable behind both names: <c>r2</c>, the manager, and <c>r2d</c>, the daemon.</summary>
internal static class Program
{
    private const int StandardError = 2;

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code; see <see cref="ExitCode"/>.</returns>
    public static Task<int> Main(string[] args)
    {
        // What scripts ask for most must not pay for the whole command tree.
        if (args is ["--version"])
            return Task.FromResult(WriteVersion());

        return RunAsync(args);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunAsync(string[] args)
    {
        // The runtime has that number for something of its own then.
        if (!StdioTransport.IsOpen(StandardError))
            Console.SetError(TextWriter.Null);
        using var signals = new Signals();
        bool daemon = ProgramName.IsDaemon;
        try
        {
            if (!daemon && FastPath.TryRun(args, signals.Token) is { } run)
                return await run.ConfigureAwait(false);

            return await RunTreeAsync(args, daemon, signals).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.ExitCode is { } code)
        {
            return code;
        }
        catch (Exception exception) when (Failure.Of(exception) is { } failure)
        {
            failure.Write(Console.Error);
            return failure.ExitCode;
        }
    }

    // Apart, so that the fast path doesn't load the parser's assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> RunTreeAsync(string[] args, bool daemon, Signals signals) =>
        new CommandLine(daemon).RunAsync(args, signals);

    private static int WriteVersion()
    {
        try
        {
            Output.OutputPipe.CheckOpen();
            // Straight to the descriptor: a console writer costs a third of this command's time.
            using var output = Console.OpenStandardOutput();
            output.Write(Encoding.UTF8.GetBytes($"{ProgramName.Current} {ProgramVersion.Text}\n"));
            return ExitCode.Ok;
        }
        catch (IOException exception)
        {
            var failure = Failure.Of(exception)!;
            failure.Write(Console.Error);
            return failure.ExitCode;
        }
    }
}
