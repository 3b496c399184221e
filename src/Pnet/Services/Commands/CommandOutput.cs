using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pnet.Transports;

namespace Pnet.Services.Commands;

/// <summary>Where a handler's results go. What is written waits while the caller can take no more; one writer at a time.</summary>
public sealed class CommandOutput
{
    private readonly ITransport _transport;
    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly Utf8JsonWriter _writer;

    internal CommandOutput(ITransport transport)
    {
        _transport = transport;
        _writer = CommandWire.CreateWriter(_buffer);
    }

    /// <summary>Gives a result to the caller.</summary>
    /// <exception cref="CommandException">It is too large or too deep for a line; the handler may go on.</exception>
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
            Drop(before);
            throw new CommandException(new CommandError($"a result has no JSON: {e.Message}", CommandError.InvalidResult, "ResultTooDeep"));
        }
        if (_buffer.WrittenCount - before >= CommandWire.MaxLine)
        {
            var length = _buffer.WrittenCount - before;
            Drop(before);
            throw new CommandException(new CommandError($"a result of {length} bytes; {CommandWire.MaxLine} is the most", CommandError.InvalidResult, "ResultTooLarge"));
        }
        _buffer.Write("\n"u8);
    }

    private void Drop(int before)
    {
        var kept = _buffer.WrittenSpan[..before].ToArray();
        _buffer.ResetWrittenCount();
        _buffer.Write(kept);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _transport.WriteAsync(_buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        if (_buffer.Capacity > 64 * 1024)
            _buffer.Clear();
        _buffer.ResetWrittenCount();
    }

    // Errors are never too large to be told.
    private static CommandError Cut(CommandError error)
    {
        const int Most = 64 * 1024;
        return error.Message.Length + (error.Position?.Length ?? 0) <= Most ? error : error with { Message = error.Message[..Math.Min(Most, error.Message.Length)], Position = null };
    }
}
