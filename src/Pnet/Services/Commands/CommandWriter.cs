using System.Buffers;
using System.Text.Json;
using Pnet.Channels;
using Pnet.Transports;

namespace Pnet.Services.Commands;

/// <summary>Writes the answers of a channel's calls, one call after the other. What a handler writes that has returned never gets into another call.</summary>
internal sealed class CommandWriter : IAsyncDisposable
{
    private readonly ITransport _transport;
    private readonly Holding? _held;
    private readonly Utf8JsonWriter _writer;
    private readonly SemaphoreSlim _turn = new(1);
    private ArrayBufferWriter<byte> _buffer = new(256);
    private volatile CommandOutput? _current;
    private PnetException? _broken;

    /// <summary>Begins to write.</summary>
    /// <param name="transport">Where to; it stays its owner's.</param>
    /// <param name="held">Counts what waits to be taken, where that is for another node.</param>
    public CommandWriter(ITransport transport, Holding? held)
    {
        _transport = transport;
        _held = held;
        _writer = CommandWire.CreateWriter(_buffer);
    }

    /// <summary>Begins a call: what is written to its output is written from now on, and to no other.</summary>
    public CommandOutput Begin(CancellationToken gone) => _current = new CommandOutput(this, gone);

    /// <summary>Writes a line of a call.</summary>
    /// <exception cref="InvalidOperationException">The call has ended.</exception>
    public async ValueTask WriteAsync(CommandOutput output, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        CheckRuns(output);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CheckRuns(output);
            Append(write);
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the call, once what is being written of it is written.</summary>
    public async ValueTask EndAsync(CommandError? error, CancellationToken cancellationToken)
    {
        await CloseAsync().ConfigureAwait(false);
        if (error is null)
            _buffer.Write("{\"end\":true}\n"u8);
        else
            Append(writer => CommandWire.WriteError(writer, error, last: true));
        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has nothing more written of the call that did not end. Whoever still writes does not any longer once the call's token is cancelled.</summary>
    public ValueTask DisposeAsync() => CloseAsync();

    /// <summary>Lays out a line that leaves with what follows; while nobody else writes.</summary>
    public void Append(Action<Utf8JsonWriter> write)
    {
        var before = _buffer.WrittenCount;
        _writer.Reset(_buffer);
        try
        {
            write(_writer);
            _writer.Flush();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A value may be anything, and throw anything.
            throw Refused(before, new CommandError($"a result has no JSON: {e.Message}", CommandError.InvalidResult, e is InvalidOperationException ? "ResultTooDeep" : "ResultNotJson"));
        }
        var length = _buffer.WrittenCount - before;
        if (length >= CommandWire.MaxLine)
            throw Refused(before, new CommandError($"a result of {length} bytes; {CommandWire.MaxLine} is the most", CommandError.InvalidResult, "ResultTooLarge"));
        try
        {
            _held?.Set(_buffer.Capacity);
        }
        catch (PnetException e)
        {
            throw Refused(before, new CommandError(e.Message, CommandError.LimitsExceeded, e.Error.ToString()));
        }
        _buffer.Write("\n"u8);
    }

    private void CheckRuns(CommandOutput output)
    {
        if (output != _current)
            throw new InvalidOperationException("The call has ended: nothing more can be written to its output.");
    }

    private async ValueTask CloseAsync()
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        _current = null;
        _turn.Release();
    }

    // Takes back what was laid out last.
    private CommandException Refused(int before, CommandError why)
    {
        Renew(_buffer.WrittenSpan[..before]);
        return new CommandException(why);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_broken is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw _broken;
            }
            await _transport.WriteAsync(_buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _broken ??= new PnetException(PnetError.Closed, "a result was cancelled in its middle");
            throw;
        }
        finally
        {
            if (_buffer.Capacity > Holding.Free)
                Renew(default);
            _buffer.ResetWrittenCount();
        }
    }

    // A buffer that is cleared keeps its room.
    private void Renew(ReadOnlySpan<byte> content)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, content.Length));
        buffer.Write(content);
        _buffer = buffer;
        _held?.Set(buffer.Capacity);
    }
}
