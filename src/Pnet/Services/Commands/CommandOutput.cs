using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pnet.Services.Commands;

/// <summary>
/// Where the results of one call go, until it has ended. What is written waits while the caller can take no more; results that are written at once
/// leave one after the other.
/// </summary>
public sealed class CommandOutput
{
    private readonly CommandWriter _writer;
    private readonly CancellationToken _gone;

    internal CommandOutput(CommandWriter writer, CancellationToken gone) => (_writer, _gone) = (writer, gone);

    /// <summary>Gives a result to the caller.</summary>
    /// <exception cref="CommandException">
    /// It has no JSON, is too large or too deep for a line, or this node holds too many that their callers don't take; the handler may go on.
    /// </exception>
    /// <exception cref="IOException">The caller has gone, or an earlier result was cancelled in its middle.</exception>
    /// <exception cref="OperationCanceledException">Cancelled. In the middle of a result that ends the channel, as nothing can follow half a line.</exception>
    /// <exception cref="InvalidOperationException">The call has ended.</exception>
    public ValueTask WriteAsync(JsonNode? result, CancellationToken cancellationToken = default) =>
        WriteAsync(writer => CommandWire.WriteOutput(writer, result), cancellationToken);

    /// <summary>Tells the caller of an error after which the handler goes on.</summary>
    /// <inheritdoc cref="WriteAsync(JsonNode?, CancellationToken)"/>
    public ValueTask WriteErrorAsync(CommandError error, CancellationToken cancellationToken = default) =>
        WriteAsync(writer => CommandWire.WriteError(writer, error, last: false), cancellationToken);

    /// <summary>Lays out a result that leaves with the end of the call; for a handler that writes nothing else.</summary>
    internal void Append(JsonNode? result) => _writer.Append(writer => CommandWire.WriteOutput(writer, result));

    // Handlers mostly pass the token that they were given; with another one they are to notice all the same that the caller has gone.
    private ValueTask WriteAsync(Action<Utf8JsonWriter> write, CancellationToken cancellationToken) =>
        cancellationToken == _gone || !cancellationToken.CanBeCanceled ? _writer.WriteAsync(this, write, _gone) : WriteLinkedAsync(write, cancellationToken);

    private async ValueTask WriteLinkedAsync(Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _gone);
        await _writer.WriteAsync(this, write, either.Token).ConfigureAwait(false);
    }
}
