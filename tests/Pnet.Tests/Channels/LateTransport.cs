using System.Threading.Channels;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Channels;

/// <summary>Delivers what is written a while later, however much it is: a long path.</summary>
internal sealed class LateTransport : ChangedTransport
{
    private readonly Channel<(long Due, byte[] Bytes)> _onTheirWay = System.Threading.Channels.Channel.CreateUnbounded<(long, byte[])>();
    private readonly TimeSpan _delay;

    public LateTransport(ITransport inner, TimeSpan delay)
        : base(inner)
    {
        _delay = delay;
        _ = DeliverAsync(inner);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _onTheirWay.Writer.TryWrite((Environment.TickCount64 + (long)_delay.TotalMilliseconds, buffer.ToArray()));
        return default;
    }

    private async Task DeliverAsync(ITransport inner)
    {
        try
        {
            await foreach (var (due, bytes) in _onTheirWay.Reader.ReadAllAsync())
            {
                if (due - Environment.TickCount64 is > 0 and var wait)
                    await Task.Delay(TimeSpan.FromMilliseconds(wait));
                await inner.WriteAsync(bytes);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The link is over.
        }
    }
}
