using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Transports;

namespace Pnet.Services.Commands;

/// <summary>Serves a channel to a command: one call after the other, until the caller ends it.</summary>
public static class CommandServer
{
    /// <summary>Serves a channel.</summary>
    /// <param name="transport">The channel; it stays its owner's.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="command">The command. Where its parameters are known, other arguments are refused.</param>
    /// <param name="handler">Runs each call.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">The caller has gone, or its calls hold too much of this node's memory.</exception>
    public static Task ServeAsync(ITransport transport, NodeId caller, CommandInfo command, CommandHandler handler, CancellationToken cancellationToken) =>
        ServeAsync(transport, caller, command, handler, CommandWire.MaxLine, cancellationToken);

    /// <summary>Serves a channel to a command whose calls are at most so long.</summary>
    internal static async Task ServeAsync(
        ITransport transport, NodeId caller, CommandInfo command, CommandHandler handler, int maxLine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(handler);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var over = new TaskCompletionSource();
        var watching = WatchAsync(transport, over.Task, gone);
        using var line = Holding.Of(transport);
        using var call = Holding.Of(transport);
        using var results = Holding.Of(transport);
        var writer = new CommandWriter(transport, results);
        try
        {
            var lines = CommandWire.CreateReader(transport, maxLine, line);
            await ServeAsync(lines, caller, command, handler, writer, call, gone, cancellationToken).ConfigureAwait(false);
            await transport.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // A write that its handler left behind ends as well.
            await LeaveAsync(gone).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await writer.DisposeAsync().ConfigureAwait(false);
            over.SetResult();
            await watching.ConfigureAwait(false);
        }
    }

    private static async Task ServeAsync(
        LineReader lines, NodeId caller, CommandInfo command, CommandHandler handler, CommandWriter writer, Holding? held, CancellationTokenSource gone, CancellationToken cancellationToken)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = lines.ReadAsync(reading.Token).AsTask();
        try
        {
            while (await next.ConfigureAwait(false) is { } request)
            {
                held?.Set(CommandWire.Weigh(request.Span));
                var call = Read(request, caller, command, out var error);
                // The next call may be under way already.
                next = NextAsync(lines, gone, reading.Token);
                // A handler may block, and this may be the thread that polls.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                if (call is not null)
                    error = await RunAsync(handler, call, writer.Begin(gone.Token), gone.Token).ConfigureAwait(false);
                // What it was called with is held no longer, however long its caller takes no results.
                call = null;
                held?.Set(0);
                if (next.IsFaulted)
                    await next.ConfigureAwait(false);
                await writer.EndAsync(error, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await reading.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A caller that has said all it wants to say, or whose next call is here, is not seen to go by reading on.
    private static async Task WatchAsync(ITransport transport, Task over, CancellationTokenSource gone)
    {
        if (transport is ICuttableTransport { Cut: var cut } && await Task.WhenAny(cut, over).ConfigureAwait(false) == cut)
            await LeaveAsync(gone).ConfigureAwait(false);
    }

    // Whatever handlers have registered with their token throws: how the calls ended is what counts.
    private static async Task LeaveAsync(CancellationTokenSource gone) =>
        await gone.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static CommandCall? Read(ReadOnlyMemory<byte> request, NodeId caller, CommandInfo command, out CommandError? error)
    {
        try
        {
            var (arguments, parameters) = CommandWire.ReadRequest(request);
            var call = new CommandCall(caller, command, arguments, parameters);
            call.Check();
            error = null;
            return call;
        }
        catch (CommandException e)
        {
            error = e.Error;
            return null;
        }
    }

    private static async Task<CommandError?> RunAsync(CommandHandler handler, CommandCall call, CommandOutput output, CancellationToken cancellationToken)
    {
        try
        {
            await handler(call, output, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            // Whatever a handler throws is its caller's to know.
            return CommandError.From(e);
        }
    }

    // That this fails is how a caller that has gone is noticed on other transports.
    private static async Task<ReadOnlyMemory<byte>?> NextAsync(LineReader lines, CancellationTokenSource gone, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            await LeaveAsync(gone).ConfigureAwait(false);
            throw;
        }
    }
}
