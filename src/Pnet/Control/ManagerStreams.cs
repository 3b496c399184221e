using System.Collections.Concurrent;
using System.Security.Cryptography;
using Pnet.Channels;
using Pnet.Routing;

namespace Pnet.Control;

/// <summary>Channels for raw bytes that managers have been asked to open, each under a name that only its manager may use, once.</summary>
internal sealed class ManagerStreams
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (Neighbour Manager, TaskCompletionSource<Channel> Opened)> _asked = new();

    /// <summary>Takes a channel that a manager was asked to open; returns whether it was one.</summary>
    public bool TryTake(Neighbour caller, Channel channel)
    {
        if (!_asked.TryGetValue(channel.Address.Service!, out var stream) || stream.Manager != caller)
            return false;
        channel.Accept();
        return stream.Opened.TrySetResult(channel);
    }

    /// <summary>Asks a manager to open a stream, and waits for it.</summary>
    /// <param name="manager">The manager.</param>
    /// <param name="description">What the manager calls what it brings.</param>
    /// <param name="ask">Tells it the stream's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PnetException">It did not open it in time.</exception>
    public async Task<Channel> OpenAsync(Neighbour manager, string description, Func<string, CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        var name = "stream-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var opened = new TaskCompletionSource<Channel>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Timeout);
        var taken = false;
        _asked[name] = (manager, opened);
        try
        {
            await ask(name, bound.Token).ConfigureAwait(false);
            var stream = await opened.Task.WaitAsync(bound.Token).ConfigureAwait(false);
            stream.Description = description;
            taken = true;
            return stream;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PnetException(PnetError.TimedOut, $"the manager did not open its stream within {Timeout.TotalSeconds:0} s");
        }
        finally
        {
            _asked.TryRemove(name, out _);
            // One that comes now is refused; one that came as the wait ended is nobody's.
            if (!taken && !opened.TrySetCanceled(CancellationToken.None))
                await (await opened.Task.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
