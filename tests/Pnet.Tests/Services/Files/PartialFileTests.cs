using System.Buffers;
using Pnet.Services.Files;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>What has not arrived whole, and two copies that want the same name at once.</summary>
public sealed class PartialFileTests : IDisposable
{
    private const string Name = "file";
    private const int Length = 4096;
    private const int Times = 100;
    private readonly TemporaryDirectory _directory = new();

    private string Partial => _directory.File(FilePath.PartialName(Name));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_file_that_has_its_name_is_whole_whoever_else_is_about_to_write_it()
    {
        long[] committed = await Task.WhenAll(Enumerable.Range(1, 3).Select(fill => Task.Run(() => Copy((byte)fill, Times)))).Soon();
        Assert.All(committed, count => Assert.Equal(Times, count));
        Assert.False(File.Exists(Partial));

        long Copy(byte fill, int times)
        {
            using var folder = FileCalls.OpenRoot(_directory.Path);
            var content = Enumerable.Repeat(fill, Length).ToArray();
            int done = 0;
            while (done < times)
            {
                try
                {
                    using var file = PartialFile.Open(folder, Name, 0, default, Name);
                    file.Write(new ReadOnlySequence<byte>(content));
                    Assert.True(file.Commit(Name, replace: true, new FileEntry(0, false, Name, Length, 0x1a4, 1)));
                    done++;
                }
                catch (PnetException e) when (e.Message.Contains("another copy", StringComparison.Ordinal))
                {
                    // It is tried again.
                }
                byte[] there = File.Exists(_directory.File(Name)) ? Read(_directory.File(Name)) : content;
                Assert.Equal((Length, 1), (there.Length, there.Distinct().Count()));
            }
            return done;
        }
    }

    [Fact]
    public void What_another_copy_has_written_meanwhile_is_not_gone_on_with()
    {
        using var folder = FileCalls.OpenRoot(_directory.Path);
        Leave(folder, "mine of old");
        var (length, hash, left) = PartialFile.Inspect(folder, Name, 100, Name, default);
        Assert.Equal((11, true), (length, hash is not null));
        Leave(folder, "another one's");
        var failure = Assert.Throws<PnetException>(() => PartialFile.Open(folder, Name, length, left, Name));
        Assert.Contains("is gone", failure.Message, StringComparison.Ordinal);
        Assert.Equal("another one's", File.ReadAllText(Partial));
    }

    [Fact]
    public void A_copy_that_is_under_way_is_left_alone()
    {
        using var folder = FileCalls.OpenRoot(_directory.Path);
        using var first = PartialFile.Open(folder, Name, 0, default, Name);
        first.Write(new ReadOnlySequence<byte>("first"u8.ToArray()));
        Waiting.Tells(Assert.Throws<PnetException>(() => PartialFile.Open(folder, Name, 0, default, Name)), PnetError.Failed, "another copy to there is under way");
        Assert.Equal(0, PartialFile.Inspect(folder, Name, 100, Name, default).Length);
        Assert.Equal("first"u8.ToArray(), Read(Partial));
    }

    [Fact]
    public void What_another_user_has_put_there_is_not_this_user_s_own()
    {
        File.WriteAllText(Partial, "theirs");
        if (PeerCredentials.CurrentUserId != 0)
            return;
        // Only root can give a file away.
        using var chown = System.Diagnostics.Process.Start("chown", ["65534", Partial]);
        chown.WaitForExit();
        using var folder = FileCalls.OpenRoot(_directory.Path);
        Assert.Equal(0, PartialFile.Inspect(folder, Name, 100, Name, default).Length);
        Waiting.Tells(Assert.Throws<PnetException>(() => PartialFile.Open(folder, Name, 0, default, Name)), PnetError.Refused, "is not a file of this user's own");
        Assert.Equal("theirs", File.ReadAllText(Partial));
    }

    [Theory]
    [InlineData(1, 5u, 1_000_000_005)]
    [InlineData(-1, 5u, -999_999_995)]
    [InlineData(32_503_680_000, 0u, 9_223_372_035_000_000_000)]
    [InlineData(-62_135_596_800, 0u, -9_223_372_035_000_000_000)]
    public void A_time_that_64_bits_of_nanoseconds_have_not_is_the_nearest(long seconds, uint nanoseconds, long time) => Assert.Equal(time, FileState.TimeOf(seconds, nanoseconds));

    [Theory]
    [InlineData(typeof(FileNotFoundException), PnetError.NotFound, "no such file or directory")]
    [InlineData(typeof(DirectoryNotFoundException), PnetError.NotFound, "no such file or directory")]
    [InlineData(typeof(UnauthorizedAccessException), PnetError.PermissionDenied, "permission denied")]
    [InlineData(typeof(PathTooLongException), PnetError.Failed, "file name too long")]
    public void Failures_are_told_in_the_words_of_the_system(Type type, PnetError error, string words)
    {
        var failure = FileFailure.From((Exception)Activator.CreateInstance(type, "IO_FileNotFound_FileName, /srv/secret/file")!, "file");
        Assert.Equal((error, $"file: {words}"), (failure!.Error, failure.Message));
    }

    [Fact]
    public void A_file_too_large_for_its_file_system_is_a_failure_of_that_file()
    {
        Assert.Contains("too large", FileFailure.From(new ArgumentOutOfRangeException("value"), "file")!.Message, StringComparison.Ordinal);
        Assert.Null(FileFailure.From(new ArgumentOutOfRangeException("another"), "file"));
    }

    // Without a lock of its own, which .NET would take.
    private static byte[] Read(string path)
    {
        using var file = FileCalls.OpenPath(path);
        var content = new byte[RandomAccess.GetLength(file)];
        return content[..RandomAccess.Read(file, content, 0)];
    }

    private static void Leave(Microsoft.Win32.SafeHandles.SafeFileHandle folder, string text)
    {
        using var file = PartialFile.Open(folder, Name, 0, default, Name);
        file.Write(new ReadOnlySequence<byte>(System.Text.Encoding.UTF8.GetBytes(text)));
    }
}
