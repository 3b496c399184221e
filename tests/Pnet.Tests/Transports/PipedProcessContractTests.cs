using Pnet.Transports;

namespace Pnet.Tests.Transports;

/// <summary>What runs commands on other platforms works on this one too.</summary>
public sealed class PipedProcessContractTests : TransportContractTests
{
    [Fact]
    public async Task The_end_of_the_output_comes_with_the_exit_status()
    {
        await using var process = PipedProcess.Start("cat; echo why >&2; exit 3", new ProcessOptions());
        await process.WriteAsync("text"u8.ToArray());
        await process.EndAsync();

        Assert.Equal("text", await Bytes.ReadTextAsync(process));
        Assert.Equal(3, process.EndStatus);
        Assert.EndsWith("exited with status 3: why", process.ExitError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposal_kills_a_command_that_ignores_its_closed_input()
    {
        var process = PipedProcess.Start("trap '' TERM; while :; do sleep 0.05; done", new ProcessOptions { TerminateGrace = TimeSpan.FromMilliseconds(200) });
        await process.DisposeAsync().AsTask().WaitAsync(Bytes.Soon);

        Assert.NotEqual(0, await process.Exited.WaitAsync(Bytes.Soon));
        Assert.False(ProcessList.IsAlive(process.ProcessId));
    }

    protected override async Task<(ITransport A, ITransport B)> CreateAsync()
    {
        string path = Own(new TemporaryDirectory()).File("s");
        await using IListener listener = await TransportRegistry.CreateDefault().ListenAsync("unix://" + path);
        var process = PipedProcess.Start($"exec socat -t 30 unix-connect:{path} -,shut-close", new ProcessOptions { TerminateGrace = TimeSpan.Zero });
        return (process, await listener.AcceptAsync().AsTask().WaitAsync(Bytes.Soon));
    }
}
