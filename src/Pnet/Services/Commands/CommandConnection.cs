using System.Buffers;
using System.Runtime.CompilerServices;
using Pnet.Addressing;
using Pnet.Transports;

namespace Pnet.Services.Commands;

/// <summary>A way to one command of one node, for calls one after the other: opening it takes as long as a call.</summary>
public sealed class CommandConnection : IAsyncDisposable
{
    // Room that is kept from one call to the next.
    private const int KeptRoom = 64 * 1024;

    private readonly TransportStream _stream;
    private readonly LineReader _lines;
    private readonly string _name;
    private ArrayBufferWriter<byte> _request = new(256);
    private bool _busy;

    private CommandConnection(ITransport transport, string name)
    {
        _stream = new TransportStream(transport);
        _lines = CommandWire.CreateReader(new StreamTransport(_stream, transport.Description));
        _name = name;
    }

    /// <summary>Opens it.</summary>
    /// <param name="node">The node to open it from.</param>
    /// <param name="target">The node that has the command, as a path without a service.</param>
    /// <param name="name">The command.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="FormatException">The name is none.</exception>
    /// <exception cref="PnetException">The node can't be reached, doesn't know this one, or has no such command.</exception>
    public static async Task<CommandConnection> OpenAsync(IServiceOpener node, AddressPath target, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(target);
        var service = CommandInfo.ServiceOf(name);
        try
        {
            return new CommandConnection(await node.OpenAsync(target.WithService(service), cancellationToken).ConfigureAwait(false), name);
        }
        catch (PnetException e) when (e.Error == PnetError.NotFound && e.Message.Contains($"\"{service}\"", StringComparison.Ordinal))
        {
            throw new PnetException(PnetError.NotFound, $"{target} has no command \"{name}\"", $"List those it has: r2 commands {target}.", e);
        }
    }

    /// <summary>Calls the command. Leaving the enumeration before its end, or cancelling, cancels the command as well, and ends the connection.</summary>
    /// <returns>Results and errors as they come.</returns>
    /// <exception cref="CommandException">The command failed.</exception>
    /// <exception cref="PnetException">The way to the node failed, what answers breaks the protocol, or the arguments don't fit into a call; then another one can be made.</exception>
    /// <exception cref="InvalidOperationException">Another call has not ended.</exception>
    public async IAsyncEnumerable<CommandReply> InvokeAsync(CommandRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_busy)
            throw new InvalidOperationException("The connection is in a call, or one that did not end.");
        var line = Lay(request);
        _busy = true;
        var ended = false;
        try
        {
            await _stream.WriteAsync(line, cancellationToken).ConfigureAwait(false);
            while (!ended)
            {
                CommandReply? reply;
                try
                {
                    reply = CommandWire.ReadReply(await _lines.ReadAsync(cancellationToken).ConfigureAwait(false) ?? throw EndedEarly());
                }
                catch (CommandException)
                {
                    ended = true;
                    throw;
                }
                if (reply is { } answer)
                    yield return answer;
                else
                    ended = true;
            }
        }
        finally
        {
            if (ended)
                _busy = false;
            else
                await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes it; a call that runs is cancelled.</summary>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private ReadOnlyMemory<byte> Lay(CommandRequest request)
    {
        // A buffer that is cleared keeps its room.
        if (_request.Capacity > KeptRoom)
            _request = new ArrayBufferWriter<byte>(256);
        _request.ResetWrittenCount();
        try
        {
            using var writer = CommandWire.CreateWriter(_request);
            CommandWire.WriteRequest(writer, request);
        }
        catch (InvalidOperationException e)
        {
            throw new PnetException(PnetError.Usage, $"arguments have no JSON: {e.Message}", $"Give them with at most {CommandWire.MaxDepth - 2} levels of arrays and objects.", e);
        }
        if (_request.WrittenCount >= CommandWire.MaxLine)
            throw new PnetException(PnetError.Usage, $"arguments of {_request.WrittenCount} bytes; {CommandWire.MaxLine} (4 MiB) is the most", "Send what is large through a service: r2 serve at that node, r2 tunnel here.");
        _request.Write("\n"u8);
        return _request.WrittenMemory;
    }

    private PnetException EndedEarly() => new(
        PnetError.Failed, $"\"{_name}\" ended without an answer{(_stream.EndStatus is { } status ? $" (status {status})" : "")}", "See what that node's owner sees: r2 log.");
}
