using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Routing;

/// <summary>
/// Ping is the routing rule with n1 = n0: this node asks its neighbour to route to this node, and hears its own message
/// from the neighbour. No node needs to know of pings for that but the one that sends them.
/// </summary>
internal sealed class PingExchange(NodeId self)
{
    // token (8), sequence (4), size of the whole message (4)
    private const int HeaderSize = 16;

    /// <summary>The smallest message in bytes.</summary>
    public const int MinSize = HeaderSize;

    /// <summary>The largest message in bytes: it must fit into the credit of a new channel.</summary>
    public const int MaxSize = 32 * 1024;

    private readonly ConcurrentDictionary<long, Session> _sessions = new();

    /// <summary>Sends messages to a neighbour and yields each one's way back.</summary>
    /// <exception cref="PnetException">The neighbour refuses, or its link ends.</exception>
    public async IAsyncEnumerable<PingResult> RunAsync(
        Neighbour neighbour, int count, int size, TimeSpan interval, TimeSpan timeout, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = BinaryPrimitives.ReadInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
        var session = new Session();
        var channel = neighbour.Channels.Open(FrameAddress.To(self));
        _sessions[token] = session;
        // Nothing is ever sent back on this channel: reading ends when the neighbour refuses, or is gone.
        var refused = channel.ReadExactlyAsync(new byte[1], CancellationToken.None).AsTask();
        _ = refused.ContinueWith(static t => t.Exception, TaskScheduler.Default);
        try
        {
            var message = new byte[size];
            BinaryPrimitives.WriteInt64BigEndian(message, token);
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(12), size);
            for (var sequence = 1; count == 0 || sequence <= count; sequence++)
            {
                if (sequence > 1)
                    await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
                BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(8), sequence);
                var returned = session.Expect(sequence);
                var started = Stopwatch.GetTimestamp();
                await WriteAsync(channel, message, timeout, cancellationToken).ConfigureAwait(false);
                var roundTrip = await RoundTripAsync(refused, returned, started, timeout, cancellationToken).ConfigureAwait(false);
                session.Forget(sequence);
                yield return new PingResult(sequence, roundTrip);
            }
        }
        finally
        {
            _sessions.TryRemove(token, out _);
            channel.Reset(new Reason(ReasonCode.Closed, "the ping is over"));
        }
    }

    /// <summary>Reads this node's own messages from a channel that says it comes from this node.</summary>
    public void OnReturned(Channel channel) => _ = ReadAsync(channel);

    // A neighbour that sends nothing back gives no credit either.
    private static async Task WriteAsync(Channel channel, byte[] message, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(timeout);
        try
        {
            await channel.WriteAsync(message, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PnetException(PnetError.TimedOut, $"{channel.Link.RemoteId} took no more messages within {timeout.TotalSeconds:0.#} s");
        }
    }

    private static async ValueTask<TimeSpan?> RoundTripAsync(Task refused, Task<long> returned, long started, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await (await Task.WhenAny(returned, refused).WaitAsync(timeout, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            return Stopwatch.GetElapsedTime(started, await returned.WaitAsync(timeout, cancellationToken).ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task ReadAsync(Channel channel)
    {
        // What was never asked for gets no more memory than it takes to see that.
        var header = new byte[HeaderSize];
        byte[] rest = [];
        try
        {
            channel.Accept();
            while (true)
            {
                await channel.ReadExactlyAsync(header).ConfigureAwait(false);
                var token = BinaryPrimitives.ReadInt64BigEndian(header);
                var sequence = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8));
                var size = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(12));
                if (size is < MinSize or > MaxSize || !_sessions.TryGetValue(token, out var session))
                    break;
                if (rest.Length != size - HeaderSize)
                    rest = new byte[size - HeaderSize];
                await channel.ReadExactlyAsync(rest).ConfigureAwait(false);
                session.Returned(sequence);
            }
        }
        catch (IOException)
        {
            // The ping is over, or the link is: whoever pings hears of it on the other channel.
        }
        channel.Reset(new Reason(ReasonCode.Refused, "no such ping is under way"));
    }

    private sealed class Session
    {
        private readonly ConcurrentDictionary<int, TaskCompletionSource<long>> _expected = new();

        public Task<long> Expect(int sequence) =>
            _expected.GetOrAdd(sequence, static _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public void Forget(int sequence) => _expected.TryRemove(sequence, out _);

        public void Returned(int sequence)
        {
            if (_expected.TryRemove(sequence, out var waiting))
                waiting.TrySetResult(Stopwatch.GetTimestamp());
        }
    }
}
