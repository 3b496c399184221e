using Pnet.Links;

namespace Pnet.Tests.Links;

public sealed class AsyncSignalTests
{
    [Fact]
    public async Task What_was_set_before_lets_one_wait_through()
    {
        var signal = new AsyncSignal();
        signal.Set();
        signal.Set();
        var first = signal.WaitAsync().AsTask();
        Assert.True(first.IsCompletedSuccessfully);
        await first;
        var wait = signal.WaitAsync().AsTask();
        Assert.False(wait.IsCompleted);
        signal.Set();
        await wait.Soon();
    }

    [Fact]
    public async Task Only_one_may_wait()
    {
        var signal = new AsyncSignal();
        var wait = signal.WaitAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => signal.WaitAsync().AsTask());
        signal.Set();
        await wait.Soon();
    }

    [Fact]
    public async Task No_set_is_lost_between_threads()
    {
        var (there, back) = (new AsyncSignal(), new AsyncSignal());
        var answering = Task.Run(async () =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                await there.WaitAsync();
                back.Set();
            }
        });
        for (var i = 0; i < 100_000; i++)
        {
            there.Set();
            await back.WaitAsync();
        }
        await answering.Soon();
    }

    [Fact]
    public async Task Signals_that_set_each_other_do_not_run_out_of_stack()
    {
        var signals = Enumerable.Range(0, 50_000).Select(_ => new AsyncSignal()).ToArray();
        var chain = Enumerable.Range(0, signals.Length - 1).Select(async i =>
        {
            await signals[i].WaitAsync().ConfigureAwait(false);
            signals[i + 1].Set();
        }).ToList();
        var last = signals[^1].WaitAsync().AsTask();
        signals[0].Set();
        await last.Soon();
        await Task.WhenAll(chain).Soon();
    }
}
