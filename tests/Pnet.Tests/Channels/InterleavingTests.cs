using System.Globalization;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Channels;

/// <summary>
/// Does what comes to a random number generator's mind with a few channels, from both ends, and checks every byte, end,
/// status and reset against what a pair of plain queues would do.
/// </summary>
public sealed class InterleavingTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 30)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_order_of_operations_does_what_two_queues_would_do(int seed)
    {
        var random = new Random(seed);
        await using var pair = await ChannelPair.ConnectAsync(capacity: random.Next(3) switch { 0 => 100, 1 => 5_000, _ => MemoryTransport.DefaultCapacity });
        var channels = new List<Model>();
        for (var step = 0; step < 150; step++)
        {
            if (channels.Count == 0 || (random.Next(12) == 0 && channels.Count < 20))
            {
                var (near, far) = await pair.OpenAsync(random.Next(2) == 0);
                channels.Add(new Model(near, far, channels.Count));
                continue;
            }
            await channels[random.Next(channels.Count)].StepAsync(random);
        }
        await Task.WhenAll(channels.Select(c => c.FinishAsync())).Soon();
        await Waiting.UntilAsync(() => pair.A.Set.Count + pair.B.Set.Count == 0, "no channel is left");
        Assert.Equal((0, 0), (pair.A.Total.Used, pair.B.Total.Used));
    }

    private sealed class Model(Channel near, Channel far, int seed)
    {
        private readonly Direction _there = new(near, far, 2 * seed);
        private readonly Direction _back = new(far, near, (2 * seed) + 1);
        private string? _reset;

        public async Task StepAsync(Random random)
        {
            var direction = random.Next(2) == 0 ? _there : _back;
            switch (random.Next(20))
            {
                case < 9:
                    direction.Write(random.Next(random.Next(4) == 0 ? 200_000 : 5_000));
                    break;
                case < 18:
                    await direction.ReadAsync(random.Next(1, 50_000), _reset);
                    break;
                case 18:
                    direction.End(random.Next(2) == 0 ? null : random.Next(-5, 300));
                    break;
                case 19 when random.Next(4) == 0:
                    Reset(random.Next(2) == 0 ? near : far, $"reset {random.Next()}");
                    break;
            }
        }

        public async Task FinishAsync()
        {
            foreach (var direction in new[] { _there, _back })
                direction.End(null);
            await Task.WhenAll(_there.FinishAsync(_reset), _back.FinishAsync(_reset));
        }

        private void Reset(Channel by, string why)
        {
            // A channel that both ends have ended is over; cutting it says nothing to anybody.
            if (_reset is not null || (_there.Ending && _back.Ending))
                return;
            by.Reset(new Reason(ReasonCode.Failed, why));
            _reset = why;
        }
    }

    private sealed class Direction(Channel from, Channel to, int seed)
    {
        private readonly List<Task> _work = [];
        private Task _last = Task.CompletedTask;
        private long _sent;
        private long _read;
        private int? _status;

        public bool Ending { get; private set; }

        public void Write(int count)
        {
            if (Ending)
                return;
            var bytes = Bytes(_sent, count);
            _sent += count;
            Then(() => from.WriteAsync(bytes).AsTask());
        }

        public void End(int? status)
        {
            if (Ending)
                return;
            (Ending, _status) = (true, status);
            Then(() => from.EndAsync(status).AsTask());
        }

        public async Task ReadAsync(int count, string? reset)
        {
            if (_read == _sent)
                return;
            try
            {
                var buffer = new byte[count];
                var read = await to.ReadAsync(buffer).Soon();
                Assert.True(read > 0, "an end where bytes are still to come");
                Assert.Equal(Bytes(_read, read), buffer[..read]);
                _read += read;
            }
            catch (PnetException e) when (reset is not null)
            {
                Assert.Equal(reset, e.Message);
                _read = _sent;
            }
        }

        public async Task FinishAsync(string? reset)
        {
            while (_read < _sent)
                await ReadAsync(60_000, reset);
            try
            {
                Assert.Equal(0, await to.ReadAsync(new byte[1]).Soon());
                Assert.Equal(_status, to.EndStatus);
            }
            catch (PnetException e) when (reset is not null)
            {
                Assert.Equal(reset, e.Message);
            }
            foreach (var work in _work)
            {
                try
                {
                    await work.Soon();
                }
                catch (PnetException e) when (reset is not null)
                {
                    Assert.Equal(reset, e.Message);
                }
            }
        }

        // One after the other, as the contract of a transport asks for; nobody waits for them but the next.
        private void Then(Func<Task> work)
        {
            var before = _last;
            _last = RunAsync();
            _work.Add(_last);

            async Task RunAsync()
            {
                await before.ContinueWith(static _ => { }, TaskScheduler.Default);
                await work();
            }
        }

        private byte[] Bytes(long start, int count)
        {
            var bytes = new byte[count];
            for (var i = 0; i < count; i++)
                bytes[i] = (byte)((((start + i) * 2654435761L) + (seed * 40503L)) >> 7);
            return bytes;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_read} of {_sent} bytes");
    }
}
