using Pnet.Cli.Commands;
using Pnet.Cli.Output;
using Pnet.Control;
using Pnet.Transports;

namespace Pnet.Cli.Daemon;

/// <summary>A node for as long as this process is wanted.</summary>
internal static class DaemonRun
{
    /// <summary>Runs a node until it is stopped by <c>r2 stop</c> or a signal.</summary>
    /// <param name="settings">What the command line says.</param>
    /// <param name="detached">Whether the terminal is to be left once the node runs.</param>
    /// <param name="cancellationToken">Ends the node in good order.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(DaemonSettings settings, bool detached, CancellationToken cancellationToken)
    {
        if (detached)
            Detaching.LeaveSession();
        using var inputEnded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (settings.UntilEof)
        {
            if (!StdioTransport.IsOpen(0))
                throw new PnetException(PnetError.Failed, "standard input is closed, and --until-eof is to wait for its end", "Leave the option out, or give a pipe.");
            // Ctrl+C in the terminal of the program that started it is meant for that one.
            Detaching.TryLeaveSession();
            _ = ReadToEndAsync(inputEnded);
            cancellationToken = inputEnded.Token;
        }

        var node = await Nodes.StartAsync(settings, cancellationToken).ConfigureAwait(false);
        await using (node.ConfigureAwait(false))
        {
            await AnnounceAsync(node.Control, cancellationToken).ConfigureAwait(false);
            if (detached)
                Detaching.LeaveTerminal();

            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task log = settings.Verbosity == Verbosity.Quiet || detached
                ? Task.CompletedTask
                : LogAsync(node.Control, settings.Verbosity == Verbosity.Verbose, ended.Token);
            try
            {
                await node.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // A signal is a daemon's ordinary end.
            }

            await ended.CancelAsync().ConfigureAwait(false);
            await log.ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    private static async Task ReadToEndAsync(CancellationTokenSource ended)
    {
        try
        {
            Stream input = Console.OpenStandardInput();
            await using (input.ConfigureAwait(false))
                await Task.Run(() => input.CopyTo(Stream.Null)).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It can't be read any further: that is its end as well.
        }

        try
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The node was quicker to end.
        }
    }

    private static async Task AnnounceAsync(INodeControl control, CancellationToken cancellationToken)
    {
        // A daemon that was started without an output is to run all the same.
        if (!StdioTransport.IsOpen(1))
            return;
        NodeInfo info = await control.GetNodeAsync(cancellationToken).ConfigureAwait(false);
        using var printer = new Printer(json: false);
        string name = info.Name is null ? "" : $" ({info.Name})";
        printer.Line(Terminal.Clean($"{ProgramName.Daemon}: node {info.Id}{name} at {info.SocketPath}"));
    }

    private static async Task LogAsync(INodeControl control, bool all, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (NodeEvent happening in control.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                if (all || happening.Warning || happening.Kind.StartsWith("link.", StringComparison.Ordinal))
                    await Console.Error.WriteLineAsync(EventCommands.Describe(happening)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node is being stopped.
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Standard error has no reader any more, or the node was quicker to end: either way there is no more to tell.
        }
    }
}
