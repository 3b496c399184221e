using Pnet.Services.Files;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>How messages about files share a buffer.</summary>
public sealed class FileOutputTests
{
    [Fact]
    public async Task The_longest_message_finds_room_however_full_the_buffer_is()
    {
        const int Header = FileInput.HeaderSize;
        string longest = new('x', FilePath.MaxLength);
        for (int left = 8180; left < 8240; left++)
        {
            var (near, far) = MemoryTransport.CreatePair();
            await using var _ = near;
            await using var __ = far;
            using var output = new FileOutput(near);
            // What is in the buffer before it, to the byte.
            int filled = (await output.GetDataAsync(default)).Length + Header - left;
            output.CommitData(filled - Header);
            await output.WriteAsync(FileMessage.Problem, new FileOutcome(longest, FileStatus.Failed, Message: longest), FileAnswer.WriteProblem, default);
            var ended = output.EndAsync(default).AsTask();
            var input = new FileInput(far);
            var data = (await input.ReadAsync(default).Soon())!.Value;
            await input.ReadDataAsync(data.Length, static _ => { }, default).Soon();
            var problem = (await input.ReadAsync(default).Soon())!.Value;
            Assert.Equal((longest, longest), FileAnswer.ReadProblem(problem.Payload.Span) is var read ? (read.Path, read.Message) : default);
            await ended.Soon();
        }
    }
}
