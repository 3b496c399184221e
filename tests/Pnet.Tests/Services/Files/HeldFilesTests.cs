using System.Runtime.Versioning;
using Pnet.Channels;
using Pnet.Control;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Services.Content;
using Pnet.Services.Files;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>What a node can make carol hold in memory through a directory that she shares and what she publishes (docs/security.md, "Limits").</summary>
[Collection(MeasuredAlone.Name)]
[SupportedOSPlatform("linux")]
public sealed class HeldFilesTests : NodesTest
{
    private const int Mebibyte = 1 << 20;

    /// <summary>Files with long names in a list or a copy; some dozens of those are too much.</summary>
    private const int Files = 3000;

    /// <summary>What is no service's, and what the collector has yet to take.</summary>
    private const long Beside = 48 * Mebibyte;

    private static readonly long Most = new RouterOptions { Link = null! }.MaxHeldPerNode;

    /// <summary>The longest path that a test can make on any file system.</summary>
    private static readonly string Deep = string.Join('/', Enumerable.Repeat(new string('d', 250), 14));

    private readonly List<Channel> _channels = [];
    private Node _carol = null!;
    private Neighbour _toCarol = null!;

    private string Share => Folder.File("share");

    public override async Task InitializeAsync()
    {
        Directory.CreateDirectory(Share);
        _carol = await Nodes.StartAsync("carol");
        (_toCarol, _) = await Nodes.AddStrangerAsync(_carol, known: true);
        await _carol.Control.AddServiceAsync(new ServiceRequest { Name = "files", Transport = Share, Share = FileSharing.Writable });
    }

    [Fact]
    public async Task Lists_that_nobody_reads_hold_what_the_limits_say_and_those_beyond_are_told()
    {
        const int Lists = 60;
        WriteFiles();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Lists; i++)
            await (await AskAsync(new FileRequest(FileOperation.List, [""]))).EndAsync().Soon();
        await IsLimitedAsync(before);

        var inputs = _channels.ConvertAll(channel => new FileInput(channel));
        var first = await Task.WhenAll(inputs.Select(input => CountAsync(input, 1))).Soon();
        int refused = first.Count(one => one.Problem == PnetError.LimitReached);
        Assert.Equal(Lists, refused + first.Count(one => one == (1, null)));
        Assert.InRange(refused, 1, Lists / 2);
        var served = inputs[Array.FindIndex(first, one => one.Problem is null)];
        Assert.Equal((Files - 1, null), await CountAsync(served, Files).Soon());
        await GoAsync();
    }

    [Fact]
    public async Task Copies_that_nobody_takes_hold_what_the_limits_say_and_those_beyond_are_refused()
    {
        const int Copies = 60;
        WriteFiles();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Copies; i++)
            await AskAsync(new FileRequest(FileOperation.Receive, ["."]) { Recurse = true });
        await IsLimitedAsync(before);
        // None takes 4 MiB.
        Assert.InRange(_channels.Count(channel => channel.IsOver), 0, Copies - (int)(Most / (4 * Mebibyte)));
        await GoAsync();
    }

    [Fact]
    public async Task Files_that_are_announced_and_do_not_come_hold_what_the_limits_say_and_those_beyond_fail()
    {
        Directory.CreateDirectory(Path.Combine(Share, Deep));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var answers = await AnnounceAsync(FileSender.MaxPending, i => RawSender.Entry(i, $"{Deep}/{i}"));
        await IsLimitedAsync(before);
        var refused = answers.FindAll(answer => answer.Kind == FileMessage.Settled);
        Assert.InRange(refused.Count, FileSender.MaxPending / 8, FileSender.MaxPending / 2);
        Assert.All(refused, answer => Assert.Equal((FileStatus.Failed, PnetError.LimitReached), (answer.Status, answer.Error)));
        await GoAsync();
    }

    [Fact]
    public async Task Directories_that_are_announced_again_and_again_hold_what_the_limits_say_and_all_are_taken()
    {
        const int Times = 4000;
        Directory.CreateDirectory(Path.Combine(Share, Deep));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var answers = await AnnounceAsync(Times, i => RawSender.Entry(i, Deep, 0, folder: true));
        Assert.All(answers, answer => Assert.Equal(FileStatus.Unchanged, answer.Status));
        Assert.InRange(Held, Most * 3 / 4, Most);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, Most + Beside);
        await _channels[0].EndAsync().Soon();
        Assert.Equal(0, await _channels[0].ReadAsync(new byte[1]).Soon());
        await Waiting.UntilAsync(() => Held == 0, "all is given back");
        Assert.Equal(1970, Directory.GetLastWriteTimeUtc(Path.Combine(Share, Deep)).Year);
    }

    [Fact]
    public async Task Chunks_that_nobody_takes_hold_little_and_are_counted()
    {
        const int Fetches = 200;
        string path = Folder.File("content");
        await File.WriteAllBytesAsync(path, new byte[4 * Mebibyte]);
        var address = ContentAddress.Parse((await new ContentClient(_carol.Control).PublishAsync(path).Soon()).Address);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Fetches; i++)
        {
            var channel = await OpenAsync(ContentService.ServiceName);
            await channel.WriteAsync(address.ToBytes()).Soon();
            await channel.WriteAsync(new byte[sizeof(uint)]).Soon();
        }
        await Waiting.UntilAsync(() => Held >= Fetches * 64 * 1024, "all are being served");
        Assert.InRange(Held, 0, Most);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, Most);
        await GoAsync();
    }

    [Fact]
    public async Task Answers_that_a_sender_has_no_time_for_are_bounded()
    {
        const int Entries = 200;
        var budget = new BufferBudget(Mebibyte);
        var (near, far) = MemoryTransport.CreatePair();
        await using var _ = near;
        await using var __ = far;
        using var output = new FileOutput(far);
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var go = new ManualResetEventSlim();
        int limits = 0;
        IEnumerable<FileFound> Find()
        {
            for (int i = 0; i < Entries; i++)
                yield return new FileFound(null, [$"{i}"], $"{i}", new FileState(0x81a4, 1, 1, 1, 0, 1));
            busy.SetResult();
            go.Wait(Token);
        }
        var sender = new FileSender(new FileInput(far) { Hold = () => new Holding(budget, () => Interlocked.Increment(ref limits)) }, output, Find(), new FileReport(new FileCopyOptions()));
        var sending = Task.Run(() => sender.RunAsync(Token));
        await busy.Task.Soon();

        // They are more than there may be; nobody reads them to the end.
        using var answers = new FileOutput(near);
        async Task SayAsync()
        {
            for (uint i = 0; i < Entries; i++)
                await answers.WriteAsync(FileMessage.Settled, new FileAnswer(FileMessage.Settled, i, Status: FileStatus.Failed, Text: new string('x', FilePath.MaxLength)), static (ref FieldWriter fields, FileAnswer answer) => FileAnswer.Write(ref fields, answer), Token);
            await answers.FlushAsync(Token);
        }
        var saying = SayAsync();
        await Waiting.UntilAsync(() => Volatile.Read(ref limits) > 0, "the limit is reached");
        Assert.InRange(budget.Used, Mebibyte / 2, Mebibyte);
        go.Set();
        await sending.FailsAsync(PnetError.LimitReached);
        Assert.Equal(0, budget.Used);
        await near.DisposeAsync();
        await saying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [Fact]
    public async Task A_sender_that_may_hold_next_to_nothing_sends_all_the_same()
    {
        WriteFiles(300);
        var budget = new BufferBudget(128 * 1024);
        string destination = Directory.CreateDirectory(Folder.File("in")).FullName;
        var (near, far) = MemoryTransport.CreatePair();
        await using var _ = near;
        await using var __ = far;
        using var tree = new FolderTree(FileCalls.OpenRoot(Share));
        using var sent = new FileOutput(far);
        var input = new FileInput(far) { Hold = () => new Holding(budget, null) };
        var sending = new FileSender(input, sent, new FileWalk(tree, [], recurse: true).Find(), new FileReport(new FileCopyOptions())).RunAsync(Token);
        using var answers = new FileOutput(near);
        using var there = FileDestination.Create(new FolderTree(FileCalls.OpenRoot(destination)), [], into: true, null);
        var report = new FileReport(new FileCopyOptions());
        using var receiver = new FileReceiver(new FileInput(near), answers, there, new FileRequest(FileOperation.Send, [""]) { Recurse = true }, report);
        await receiver.RunAsync(Token).Soon();
        await sending.Soon();
        Assert.Equal((300, 0), (report.Summary.Copied, report.Summary.Failed));
        Assert.Equal(0, budget.Used);
    }

    private long Held => Metric("services.held");

    private long Metric(string name) => _carol.Control.GetMetricsAsync().GetAwaiter().GetResult()[name];

    private void WriteFiles(int count = Files)
    {
        for (int i = 0; i < count; i++)
            File.WriteAllText(Path.Combine(Share, new string('n', 240) + i), "");
    }

    private async Task IsLimitedAsync(long before)
    {
        await Waiting.UntilAsync(() => Metric("limits.reached") > 0, "the limit is reached");
        Assert.InRange(Held, Most * 3 / 4, Most);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, Most + Beside);
    }

    // All ends with the channels.
    private async Task GoAsync()
    {
        foreach (var channel in _channels)
            await channel.DisposeAsync();
        await Waiting.UntilAsync(() => Held == 0, "all is given back");
    }

    private async Task<Channel> OpenAsync(string service)
    {
        _channels.Add(await _toCarol.OpenAsync(FrameAddress.OfService(service), Token).Soon());
        return _channels[^1];
    }

    private async Task<Channel> AskAsync(FileRequest request)
    {
        var channel = await OpenAsync("files");
        using var output = new FileOutput(channel);
        await output.WriteAsync(FileMessage.Open, request, FileRequest.Write, Token);
        await output.FlushAsync(Token);
        return channel;
    }

    // Announces entries, and takes the first answer to each.
    private async Task<List<FileAnswer>> AnnounceAsync(int count, Func<uint, byte[]> entry)
    {
        var channel = await AskAsync(new FileRequest(FileOperation.Send, [""]) { Recurse = true });
        using var output = new FileOutput(channel);
        async Task SayAsync()
        {
            for (uint i = 0; i < count; i++)
                await output.WriteAsync(FileMessage.Entry, entry(i), static (ref FieldWriter fields, byte[] bytes) => fields.Bytes(bytes), Token);
            await output.FlushAsync(Token);
        }
        var saying = Task.Run(SayAsync);
        var input = new FileInput(channel);
        var answers = new List<FileAnswer>();
        while (answers.Count < count && await input.ReadAsync(Token).Soon() is { } message)
            answers.Add(FileAnswer.Read(message.Kind, message.Payload.Span));
        await saying.Soon();
        Assert.Equal(count, answers.Count);
        return answers;
    }

    private async Task<(int Listed, PnetError? Problem)> CountAsync(FileInput input, int most)
    {
        int listed = 0;
        PnetError? problem = null;
        try
        {
            while (listed < most && await input.ReadAsync(Token) is { } message)
            {
                if (message.Kind == FileMessage.Listed)
                    listed++;
                else
                    problem = FileAnswer.ReadProblem(message.Payload.Span).Error;
            }
        }
        catch (PnetException e)
        {
            problem = e.Error;
        }
        return (listed, problem);
    }
}
