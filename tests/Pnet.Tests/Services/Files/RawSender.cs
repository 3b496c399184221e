using System.Buffers.Binary;
using Pnet.Services.Files;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>A sender that says what the test wants, to a receiver that is real.</summary>
internal sealed class RawSender : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryTransport _transport;
    private readonly FileInput _answers;
    private readonly FileReceiver _receiver;
    private readonly FileOutput _output;
    private readonly FileDestination _destination;

    public RawSender(FileCollision collision = FileCollision.Fail, Func<string, bool>? asked = null, Action<string>? prepare = null, bool recurse = true)
    {
        Directory.CreateDirectory(Destination);
        Directory.CreateDirectory(Elsewhere);
        prepare?.Invoke(_directory.Path);
        var (near, far) = MemoryTransport.CreatePair();
        _transport = near;
        _answers = new FileInput(near);
        _output = new FileOutput(far);
        _destination = FileDestination.Create(new FolderTree(FileCalls.OpenRoot(Destination)), [], into: true, asked);
        _receiver = new FileReceiver(new FileInput(far), _output, _destination, new FileRequest(FileOperation.Send, [""]) { Collision = collision, Recurse = recurse, Into = true }, new FileReport(new FileCopyOptions { Outcome = Outcomes.Add }));
        Receiving = RunAsync(far);
    }

    public string Destination => _directory.File("in");

    public string Elsewhere => _directory.File("out");

    public List<FileOutcome> Outcomes { get; } = [];

    public Task Receiving { get; }

    public static byte[] Entry(uint index, string path, long size = 4, bool folder = false)
    {
        var buffer = new byte[64 * 1024];
        var fields = new FieldWriter(buffer);
        new FileEntry(index, folder, path, size, 0x1a4, 1).Write(ref fields);
        return buffer[..fields.Length];
    }

    public static byte[] Index(uint index, params byte[] more)
    {
        var bytes = new byte[4 + more.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, index);
        more.CopyTo(bytes, 4);
        return bytes;
    }

    public static byte[] Begin(uint index, long offset = 0)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, offset);
        return Index(index, bytes);
    }

    public async Task SayAsync(FileMessage kind, byte[] payload)
    {
        var bytes = new byte[FileInput.HeaderSize + payload.Length];
        bytes[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), (uint)payload.Length);
        payload.CopyTo(bytes, FileInput.HeaderSize);
        await SayRawAsync(bytes);
    }

    public async Task SayRawAsync(byte[] bytes)
    {
        try
        {
            await _transport.WriteAsync(bytes).Soon();
        }
        catch (IOException)
        {
            // A receiver that has heard enough says why in Receiving.
        }
    }

    public async Task<FileAnswer> AnswerAsync()
    {
        var message = await _answers.ReadAsync(default).Soon();
        return FileAnswer.Read(message!.Value.Kind, message.Value.Payload.Span);
    }

    /// <summary>Sends a whole file and returns what became of it.</summary>
    public async Task<FileAnswer> SendAsync(uint index, string path, byte[] content)
    {
        await SayAsync(FileMessage.Entry, Entry(index, path, content.Length));
        var answer = await AnswerAsync();
        if (answer.Kind != FileMessage.Want)
            return answer;
        await SayAsync(FileMessage.Begin, Begin(index, answer.Offset));
        await SayAsync(FileMessage.Data, content[(int)answer.Offset..]);
        await SayAsync(FileMessage.Finish, Index(index));
        return await AnswerAsync();
    }

    public Task EndAsync() => _transport.EndAsync().Soon();

    /// <summary>The receiver gives up, and says that the rules were broken.</summary>
    public async Task IsRefusedAsync(string why)
    {
        await Receiving.FailsAsync(PnetError.Protocol, why);
        Assert.Empty(Directory.GetFileSystemEntries(Elsewhere));
    }

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await Receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _directory.Dispose();
    }

    private async Task RunAsync(MemoryTransport transport)
    {
        try
        {
            await Task.Run(() => _receiver.RunAsync(default));
        }
        finally
        {
            _receiver.Dispose();
            _destination.Dispose();
            _output.Dispose();
            await transport.DisposeAsync();
        }
    }
}
