using System.Globalization;
using System.Runtime.CompilerServices;
using Pnet.Addressing;

namespace Pnet.Services.Streams;

/// <summary>Uses services of other nodes as functions from a stream to a stream.</summary>
/// <param name="node">The node to use them from, in this process or behind a manager socket.</param>
public sealed class StreamClient(IServiceOpener node)
{
    /// <summary>Gives the same input to several services at once. Leaving the enumeration before its end, or cancelling, cuts them.</summary>
    /// <param name="targets">The services, such as <c>bob/carol/service:sha256</c>.</param>
    /// <param name="input">
    /// What each of them reads; see <see cref="StreamTee"/> for the pace. It is read no further once none of them reads, and not closed.
    /// </param>
    /// <param name="read">Makes a result of one service's output, as it comes; they run at the same time.</param>
    /// <param name="options">How long they may take.</param>
    /// <param name="cancellationToken">Cuts them.</param>
    /// <returns>One result for each, in the order in which they end.</returns>
    /// <exception cref="IOException">The input can't be read.</exception>
    public async IAsyncEnumerable<StreamResult<T>> InvokeAsync<T>(
        IReadOnlyList<AddressPath> targets,
        Stream input,
        Func<AddressPath, Stream, CancellationToken, Task<T>> read,
        StreamOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(read);
        options ??= StreamOptions.Default;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tee = new StreamTee(options.Stall);
        var running = targets.Select(target => InvokeAsync(tee, target, read, options.Timeout, stop.Token)).ToList();
        var feeding = FeedAsync(tee, input, stop);
        try
        {
            await foreach (var ended in Task.WhenEach(running).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                // Input that can't be read is what cut them.
                if (ended.IsCanceled && !cancellationToken.IsCancellationRequested)
                    await feeding.ConfigureAwait(false);
                yield return await ended.ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(running.AsEnumerable<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task FeedAsync(StreamTee tee, Stream input, CancellationTokenSource stop)
    {
        try
        {
            await tee.CopyFromAsync(input, stop.Token).ConfigureAwait(false);
        }
        catch
        {
            // Half an input is not to pass for a whole one.
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<StreamResult<T>> InvokeAsync<T>(
        StreamTee tee, AddressPath target, Func<AddressPath, Stream, CancellationToken, Task<T>> read, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (timeout is { } time)
            bound.CancelAfter(time);
        try
        {
            return await tee.InvokeAsync(node, target, (output, token) => read(target, output, token), bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout is not null && bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var late = string.Create(CultureInfo.InvariantCulture, $"{target} was not done within {timeout.Value.TotalSeconds:0.###} s, and was cut");
            return new StreamResult<T>(target, default, null, new PnetException(PnetError.TimedOut, late, "Allow it more time."));
        }
    }
}
