using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pnet.Channels;
using Pnet.Transports;

namespace Pnet.Services.Commands;

/// <summary>Where a handler's results go. What is written waits while the caller can take no more; one writer at a time.</summary>
public sealed class CommandOutput
{
    // Characters of an error's texts: enough for a person, and never too much to be told.
    private const int MaxErrorText = 8 * 1024;

    private readonly ITransport _transport;
    private readonly Holding? _held;
    private readonly Utf8JsonWriter _writer;
    private ArrayBufferWriter<byte> _buffer = new(256);

    /// <summary>Begins to write.</summary>
    /// <param name="transport">Where to.</param>
    /// <param name="held">Counts what waits to be taken, where that is for another node.</param>
    internal CommandOutput(ITransport transport, Holding? held = null)
    {
        _transport = transport;
        _held = held;
        _writer = CommandWire.CreateWriter(_buffer);
    }

    /// <summary>Gives a result to the caller.</summary>
    /// <exception cref="CommandException">
    /// It is too large or too deep for a line, or this node holds too many that their callers don't take; the handler may go on.
    /// </exception>
    /// <exception cref="IOException">The caller has gone.</exception>
    public ValueTask WriteAsync(JsonNode? result, CancellationToken cancellationToken = default)
    {
        Append(result);
        return FlushAsync(cancellationToken);
    }

    /// <summary>Tells the caller of an error after which the handler goes on.</summary>
    /// <exception cref="IOException">The caller has gone.</exception>
    public ValueTask WriteErrorAsync(CommandError error, CancellationToken cancellationToken = default)
    {
        Append(writer => CommandWire.WriteError(writer, Cut(error), last: false));
        return FlushAsync(cancellationToken);
    }

    /// <summary>Lays out a result that leaves with what follows.</summary>
    internal void Append(JsonNode? result) => Append(writer => CommandWire.WriteOutput(writer, result));

    /// <summary>Ends a call.</summary>
    internal ValueTask EndAsync(CommandError? error, CancellationToken cancellationToken)
    {
        if (error is null)
            _buffer.Write("{\"end\":true}\n"u8);
        else
            Append(writer => CommandWire.WriteError(writer, Cut(error), last: true));
        return FlushAsync(cancellationToken);
    }

    private void Append(Action<Utf8JsonWriter> write)
    {
        var before = _buffer.WrittenCount;
        _writer.Reset();
        try
        {
            write(_writer);
            _writer.Flush();
        }
        catch (InvalidOperationException e)
        {
            throw Refused(before, new CommandError($"a result has no JSON: {e.Message}", CommandError.InvalidResult, "ResultTooDeep"));
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

    // Takes back what was laid out last.
    private CommandException Refused(int before, CommandError why)
    {
        Renew(_buffer.WrittenSpan[..before]);
        return new CommandException(why);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _transport.WriteAsync(_buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        if (_buffer.Capacity > Holding.Free)
            Renew(default);
        _buffer.ResetWrittenCount();
    }

    // A buffer that is cleared keeps its room.
    private void Renew(ReadOnlySpan<byte> content)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, content.Length));
        buffer.Write(content);
        _buffer = buffer;
        _writer.Reset(buffer);
        _held?.Set(buffer.Capacity);
    }

    private static CommandError Cut(CommandError error) => error.Message.Length + (error.Position?.Length ?? 0) <= MaxErrorText
        ? error
        : error with { Message = error.Message[..Math.Min(MaxErrorText, error.Message.Length)], Position = null };
}
