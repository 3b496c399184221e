using System.IO.Pipelines;
using Pnet.Addressing;
using Pnet.Transports;

namespace Pnet.Services.Messages;

/// <summary>
/// Reads the inbox of a node of this user's. Each message is handed to one reader; it is gone from the inbox when that reader asks for
/// the next one or is disposed of, and stays for others when the reader's process dies before.
/// </summary>
/// <remarks>One caller at a time.</remarks>
public sealed class InboxReader : IAsyncDisposable
{
    // Messages under way while one is looked at, in two halves.
    private const int Ahead = 128;
    private static readonly TimeSpan CloseBound = TimeSpan.FromSeconds(5);

    private readonly TransportStream _stream;
    private readonly PipeReader _input;
    private readonly MessageAssembler _assembler = new(MessageWire.MaxEnclosed);
    private readonly bool _wait;
    private long _wanted;
    private long _demanded;
    private long _handed;
    private long _acknowledged;
    private bool _over;
    private bool _disposed;

    private InboxReader(ITransport transport, bool wait, long? count)
    {
        _stream = new TransportStream(transport);
        _input = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
        _wait = wait;
        _wanted = count ?? long.MaxValue;
    }

    /// <summary>Opens the inbox.</summary>
    /// <param name="node">The node.</param>
    /// <param name="wait">Whether to wait for messages that have not come yet; else those are read that are there.</param>
    /// <param name="count">The most messages; <see langword="null"/> for any number.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="PnetException">The node has gone.</exception>
    public static async Task<InboxReader> OpenAsync(IServiceOpener node, bool wait, long? count = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (count is { } number)
            ArgumentOutOfRangeException.ThrowIfLessThan(number, 1, nameof(count));
        return new InboxReader(await node.OpenAsync(AddressPath.Self.WithService(InboxDelivery.ServiceName), cancellationToken).ConfigureAwait(false), wait, count);
    }

    /// <summary>Gets the next message.</summary>
    /// <returns>The message, or <see langword="null"/> when there is no more of what was asked for.</returns>
    /// <exception cref="PnetException">The node has gone.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; no message is lost, and the reader can go on.</exception>
    public async ValueTask<ReceivedMessage?> NextAsync(CancellationToken cancellationToken = default)
    {
        if (_over)
            return null;
        if (_handed - _acknowledged >= Ahead / 2)
            await AcknowledgeAsync(cancellationToken).ConfigureAwait(false);
        await DemandAsync(cancellationToken).ConfigureAwait(false);
        while (_wanted > 0)
        {
            if (!_input.TryRead(out var result))
            {
                await AcknowledgeAsync(cancellationToken).ConfigureAwait(false);
                result = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            var rest = result.Buffer;
            var whole = _assembler.TryRead(ref rest);
            _input.AdvanceTo(rest.Start, whole ? rest.Start : result.Buffer.End);
            if (whole && _assembler.Kind != 0)
            {
                _handed++;
                _wanted--;
                return MessageWire.ReadEnvelope(_assembler.Kind, _assembler.Body!);
            }
            // A kind of 0: there are no more (MessageWire.NoMore).
            if (whole)
                break;
            if (result.IsCompleted)
                throw new PnetException(PnetError.Closed, "the node closed its inbox");
        }
        _over = true;
        await AcknowledgeAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>Leaves the last message in the inbox: whoever asked for it could not keep it. Nothing more can be read after that.</summary>
    public void Return()
    {
        if (_handed > _acknowledged)
            _handed--;
        _over = true;
    }

    /// <summary>Acknowledges the last message, and gives back what was under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = _over = true;
        using var bound = new CancellationTokenSource(CloseBound);
        try
        {
            await AcknowledgeAsync(bound.Token).ConfigureAwait(false);
            await _stream.EndAsync(cancellationToken: bound.Token).ConfigureAwait(false);
            // The node ends its direction when it has read that: closing before would drop it.
            while (await _input.ReadAsync(bound.Token).ConfigureAwait(false) is { IsCompleted: false } result)
                _input.AdvanceTo(result.Buffer.End);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The node has gone, and its inbox with it.
        }
        await _input.CompleteAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask DemandAsync(CancellationToken cancellationToken)
    {
        if (_demanded == 0 && !_wait)
        {
            await WriteAsync(MessageWire.Take, _wanted, cancellationToken).ConfigureAwait(false);
            _demanded = _wanted;
        }
        while (_wait && _demanded - _handed <= Ahead / 2 && _demanded < _handed + _wanted)
        {
            var more = Math.Min(Ahead / 2, _handed + _wanted - _demanded);
            await WriteAsync(MessageWire.Follow, more, cancellationToken).ConfigureAwait(false);
            _demanded += more;
        }
    }

    private async ValueTask AcknowledgeAsync(CancellationToken cancellationToken)
    {
        if (_acknowledged == _handed)
            return;
        await WriteAsync(MessageWire.Acknowledge, _handed, cancellationToken).ConfigureAwait(false);
        _acknowledged = _handed;
    }

    private ValueTask WriteAsync(byte what, long number, CancellationToken cancellationToken)
    {
        var demand = new byte[MessageWire.DemandSize];
        MessageWire.WriteNumbered(demand, what, number);
        return _stream.WriteAsync(demand, cancellationToken);
    }
}
