using System.Runtime.Versioning;
using Pnet.Services.Files;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>What a receiver may ask for, of a sender that is real and has a directory with one file.</summary>
[SupportedOSPlatform("linux")]
public sealed class HostileReceiverTests : IAsyncLifetime
{
    private const int Size = 300_000;
    private readonly TemporaryDirectory _directory = new();
    private readonly FileSources _sources = new();
    private readonly CancellationTokenSource _stop = new();
    private MemoryTransport _transport = null!;
    private FileInput _input = null!;
    private FileOutput _output = null!;
    private Task _sending = null!;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_directory.File("d"));
        await File.WriteAllBytesAsync(_directory.File("d/file"), new byte[Size]);
        var (near, far) = MemoryTransport.CreatePair();
        (_transport, _input, _output) = (near, new FileInput(near), new FileOutput(near));
        var output = new FileOutput(far);
        var sender = new FileSender(new FileInput(far), output, _sources.Find([_directory.File("d")], recurse: true), new FileReport(new FileCopyOptions()));
        _sending = Task.Run(async () =>
        {
            try
            {
                await sender.RunAsync(_stop.Token);
            }
            finally
            {
                output.Dispose();
                await far.DisposeAsync();
            }
        });
        Assert.Equal(FileMessage.Entry, (await _input.ReadAsync(default).Soon())!.Value.Kind);
        Assert.Equal(FileMessage.Entry, (await _input.ReadAsync(default).Soon())!.Value.Kind);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _transport.DisposeAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _output.Dispose();
        _stop.Dispose();
        _sources.Dispose();
        _directory.Dispose();
    }

    public static TheoryData<string, byte, byte[]> Broken => new()
    {
        { "not open", (byte)FileMessage.Want, RawSender.Begin(2) },
        { "not open", (byte)FileMessage.Settled, [0xff, 0xff, 0xff, 0xff, 1, 255, 0, 0] },
        { "wanted too often", (byte)FileMessage.Want, RawSender.Begin(0) },
        { "negative offset", (byte)FileMessage.Want, RawSender.Begin(1, -1) },
        { "too short", (byte)FileMessage.Want, RawSender.Begin(1, 5) },
        { "too short", (byte)FileMessage.Compare, RawSender.Index(1) },
        { "unknown status 0", (byte)FileMessage.Settled, RawSender.Index(1, 0, 255, 0, 0) },
        { "unknown status 7", (byte)FileMessage.Settled, RawSender.Index(1, 7, 255, 0, 0) },
        { "from a receiver", (byte)FileMessage.Entry, RawSender.Entry(0, "f") },
        { "from a receiver", 99, RawSender.Index(1) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task What_makes_no_sense_ends_the_copy(string why, byte kind, byte[] payload)
    {
        await SayAsync((FileMessage)kind, payload);
        await _sending.FailsAsync(PnetError.Protocol, why);
    }

    [Fact]
    public async Task A_file_that_is_wanted_again_and_again_is_sent_twice_at_most()
    {
        for (int i = 0; i < 3; i++)
            await SayAsync(FileMessage.Want, RawSender.Begin(1));
        var draining = DrainAsync();
        await _sending.FailsAsync(PnetError.Protocol, "wanted too often");
        Assert.InRange(await draining, 0, 2 * Size);
    }

    [Fact]
    public async Task An_offset_beyond_the_end_is_the_beginning()
    {
        await SayAsync(FileMessage.Want, [.. RawSender.Begin(1, long.MaxValue), .. new byte[FileHash.Size]]);
        var begin = (await _input.ReadAsync(default).Soon())!.Value;
        Assert.Equal((FileMessage.Begin, 0), (begin.Kind, begin.Payload.Span[^1]));
    }

    [Fact]
    public async Task An_end_before_all_is_settled_is_told()
    {
        await _transport.EndAsync().Soon();
        await _sending.FailsAsync(PnetError.Protocol, "the end with 2 files not settled");
    }

    private async Task SayAsync(FileMessage kind, byte[] payload)
    {
        await _output.WriteAsync(kind, payload, static (ref FieldWriter fields, byte[] bytes) => fields.Bytes(bytes), default).Soon();
        await _output.FlushAsync(default).Soon();
    }

    /// <summary>Takes what comes and counts the bytes of files.</summary>
    private async Task<long> DrainAsync()
    {
        long count = 0;
        try
        {
            while (await _input.ReadAsync(_stop.Token) is { } message)
            {
                if (message.Kind != FileMessage.Data)
                    continue;
                count += message.Length;
                await _input.ReadDataAsync(message.Length, static _ => { }, _stop.Token);
            }
        }
        catch (Exception e) when (e is PnetException or IOException or OperationCanceledException)
        {
            // The sender has gone in the middle of it.
        }
        return count;
    }
}
