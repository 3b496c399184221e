using System.Text;
using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class StdioTransportTests : IDisposable
{
    private const int GetStatusFlags = 3;

    private readonly GivenDescriptors _given = new();
    private readonly TemporaryDirectory _directory = new();

    public void Dispose()
    {
        _given.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Files_are_read_and_written()
    {
        byte[] bytes = Bytes.Random(1_000_000);
        await File.WriteAllBytesAsync(_directory.File("in"), bytes);
        await File.WriteAllBytesAsync(_directory.File("out"), []);
        await using (var stdio = new StdioTransport(_given.Open(_directory.File("in"), Libc.OpenReadOnly), _given.Open(_directory.File("out"), Libc.OpenWriteOnly)))
        {
            (MemoryTransport near, MemoryTransport far) = MemoryTransport.CreatePair();
            Task<SpliceResult> splice = Splice.RunAsync(stdio, near);
            Assert.Equal(bytes, await Bytes.ReadExactlyAsync(far, bytes.Length));
            await far.WriteAsync(bytes);
            await far.EndAsync();
            await splice.WaitAsync(Bytes.Soon);
        }

        Assert.Equal(bytes, await File.ReadAllBytesAsync(_directory.File("out")));
    }

    [Fact]
    public async Task Nothing_at_all_is_an_end()
    {
        await using var stdio = new StdioTransport(_given.Open("/dev/null", Libc.OpenReadOnly), _given.Open("/dev/null", Libc.OpenWriteOnly));

        await stdio.WriteAsync(new byte[100_000]);
        await stdio.EndAsync();
        Assert.Equal(0, await stdio.ReadAsync(Memory<byte>.Empty));
        Assert.Equal(0, await stdio.ReadAsync(new byte[10]));
    }

    [Fact]
    public void A_descriptor_that_is_not_open_is_an_error()
    {
        (int read, _) = _given.Pipe();

        IOException e = Assert.Throws<IOException>(() => new StdioTransport(read, 9999));

        Assert.Contains("9999", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_flags_that_other_processes_share_are_left_alone(bool sockets)
    {
        (int input, int feed) = sockets ? _given.SocketPair() : _given.Pipe();
        (int drain, int output) = sockets ? _given.SocketPair() : _given.Pipe();
        int sameInput = _given.Duplicate(input);
        int sameOutput = _given.Duplicate(output);
        int before = Libc.Control(sameInput, GetStatusFlags, 0);
        int beforeOutput = Libc.Control(sameOutput, GetStatusFlags, 0);
        var stdio = new StdioTransport(input, output);
        var other = new StdioTransport(drain, feed);

        Task<int> read = stdio.ReadAsync(new byte[1]).AsTask();
        Assert.False(read.IsCompleted);
        await other.WriteAsync(new byte[] { 1 });
        Assert.Equal(1, await read.WaitAsync(Bytes.Soon));
        await stdio.WriteAsync(new byte[] { 1 });

        Assert.Equal(before, Libc.Control(sameInput, GetStatusFlags, 0));
        Assert.Equal(beforeOutput, Libc.Control(sameOutput, GetStatusFlags, 0));
        await stdio.DisposeAsync();
        await other.DisposeAsync();
    }

    [Fact]
    public async Task A_closed_output_fails_the_writer()
    {
        (int input, _) = _given.Pipe();
        (int drain, int output) = _given.Pipe();
        await using var stdio = new StdioTransport(input, output);
        var reader = new StdioTransport(drain, _given.Open("/dev/null", Libc.OpenWriteOnly));
        await stdio.WriteAsync(new byte[] { 1 });
        await Bytes.ReadExactlyAsync(reader, 1);
        await reader.DisposeAsync();

        IOException e = await Assert.ThrowsAsync<IOException>(() => stdio.WriteAsync(new byte[1]).AsTask());

        Assert.Contains("standard output", e.Message, StringComparison.Ordinal);
        Assert.Contains("pipe", e.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_write_that_waits_can_be_cancelled()
    {
        (int input, _) = _given.Pipe();
        (_, int output) = _given.Pipe();
        await using var stdio = new StdioTransport(input, output);
        using var cancel = new CancellationTokenSource();
        Task write = stdio.WriteAsync(new byte[16 * 1024 * 1024], cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(Bytes.Soon));
    }

    [Fact]
    public async Task A_terminal_is_read_and_written_and_its_hang_up_is_the_end()
    {
        string link = _directory.File("tty");
        await using var terminal = ProcessTransport.Start($"socat - pty,raw,echo=0,link={link}");
        await ProcessList.ExistsAsync(link);
        await using var stdio = new StdioTransport(_given.Open(link, Libc.OpenReadWrite), _given.Open(link, Libc.OpenReadWrite));

        byte[] bytes = Bytes.Random(100_000);
        Task write = terminal.WriteAsync(bytes).AsTask();
        Assert.Equal(bytes, await Bytes.ReadExactlyAsync(stdio, bytes.Length));
        await write;
        write = stdio.WriteAsync(bytes).AsTask();
        Assert.Equal(bytes, await Bytes.ReadExactlyAsync(terminal, bytes.Length));
        await write;

        Task<int> read = stdio.ReadAsync(new byte[1]).AsTask();
        Assert.False(read.IsCompleted);
        await terminal.DisposeAsync();
        Assert.Equal(0, await read.WaitAsync(Bytes.Soon));
    }

    [Fact]
    public async Task Several_processes_through_pipes_make_a_line()
    {
        // sh's own pipes on both sides, as a program started in a pipeline has them.
        (int input, int feed) = _given.Pipe();
        (int drain, int output) = _given.Pipe();
        await using var stdio = new StdioTransport(input, output);
        await using var other = new StdioTransport(drain, feed);
        await using var upper = ProcessTransport.Start("tr a-z A-Z");
        Task<SpliceResult> splice = Splice.RunAsync(stdio, upper);
        await other.WriteAsync(Encoding.ASCII.GetBytes("shout\n"));
        await other.EndAsync();

        Assert.Equal("SHOUT\n", await Bytes.ReadTextAsync(other));
        Assert.Equal(0, (await splice.WaitAsync(Bytes.Soon)).StatusB);
    }

    [Fact]
    public async Task Stdio_is_given_away_once()
    {
        var provider = new StdioTransportProvider();
        Assert.Equal(TransportRegistry.StdioScheme, provider.Scheme);
        await Assert.ThrowsAsync<NotSupportedException>(() => provider.ListenAsync(TransportAddress.Parse("-")).AsTask());
    }
}
