using System.Diagnostics;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Files;

/// <summary><c>r2 cp</c> between daemons: a is the user's, b is a relay, c shares a directory.</summary>
public sealed class CopyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_file_and_a_directory_go_through_a_relay_and_come_back()
    {
        await using var files = await FileNetwork.StartAsync();
        var (network, a) = (files.Network, files.A);
        await network.ShAsync($"cd {network.Directory}; mkdir -p t/sub; head -c 5000000 /dev/urandom >t/big; printf x >'t/sub/a\nb'; touch t/empty; chmod 640 t/big");
        await InAsync(files, "cp", "-r", "t", "b/c:in/");
        await InAsync(files, "cp", "-r", "b/c:in/t", "back");
        (await network.ShAsync($"cd {network.Directory}; diff -r t share/in/t && diff -r t back && [ $(stat -c %a back/big) = 640 ] && [ $(stat -c %Y back/big) = $(stat -c %Y t/big) ]")).Succeeds();
    }

    [Fact]
    public async Task A_file_that_is_changed_while_it_is_sent_is_told_and_nothing_is_under_its_name()
    {
        await using var files = await FileNetwork.StartAsync(gated: "c");
        var (network, a) = (files.Network, files.A);
        await network.ShAsync($"cd {network.Directory}; mkdir d; head -c 40000000 /dev/zero >d/log; echo fine >d/other");
        files.Gate.CloseAfter(10_000_000);
        var copy = a.StartR2("cp", "-r", network.PathOf("d"), "b/c:");
        await Bounded.UntilAsync("a part of the file", () => FileNetwork.Partial(files.Share).Any(part => part.Length > 1_000_000), null, () => copy.Text);
        await File.AppendAllTextAsync(network.PathOf("d/log"), "more");
        files.Gate.Open();
        Assert.Equal(1, await copy.ExitAsync(Long));
        Assert.Contains("d/log was changed while it was copied", copy.Text, StringComparison.Ordinal);
        Assert.Equal(["other"], Directory.GetFileSystemEntries(network.PathOf("share/d")).Select(Path.GetFileName));
    }

    [RootFact("mount", "umount")]
    public async Task A_disk_that_is_full_fails_the_file_that_does_not_fit_and_no_other()
    {
        await using var files = await FileNetwork.StartAsync();
        var (network, a) = (files.Network, files.A);
        string disk = network.PathOf("share/disk");
        Directory.CreateDirectory(disk);
        (await network.ShAsync($"mount -t tmpfs -o size=8m none {disk}")).Succeeds();
        try
        {
            await network.ShAsync($"cd {network.Directory}; mkdir d; head -c 20000000 /dev/urandom >d/big; echo small >d/small");
            var copy = await a.R2Async("cp", "-r", network.PathOf("d"), "b/c:disk/");
            copy.Exits(1);
            Assert.Contains("d/big: no space left on device", copy.Error, StringComparison.Ordinal);
            Assert.Contains("1 copied, 1 failed", copy.Output, StringComparison.Ordinal);
            Assert.Equal(["small"], Directory.GetFileSystemEntries($"{disk}/d").Select(Path.GetFileName));
        }
        finally
        {
            (await network.ShAsync($"umount {disk}")).Succeeds();
        }
    }

    [Fact]
    public async Task What_is_no_file_is_never_opened()
    {
        await using var files = await FileNetwork.StartAsync();
        var (network, a) = (files.Network, files.A);
        // Who opened the FIFO would wait for ever.
        await network.ShAsync($"cd {network.Directory}; mkdir share/d; cd share/d; mkfifo fifo; ln -s /etc/passwd link; ln -s / root; echo x >file");
        var copy = await a.R2Async("cp", "-r", "b/c:d", network.PathOf("d"));
        Assert.Equal(["file"], Directory.GetFileSystemEntries(network.PathOf("d")).Select(Path.GetFileName));
        Assert.Contains("1 copied, 3 skipped", copy.Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("d/fifo is a FIFO", copy.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_are_no_UTF8_are_told_and_the_others_go_on()
    {
        await using var files = await FileNetwork.StartAsync();
        var (network, a) = (files.Network, files.A);
        await network.ShAsync($@"cd {network.Directory}; mkdir d; printf x >""d/$(printf 'bad\377')""; echo x >d/-good; echo x >'d/  '");
        var copy = await a.R2Async("cp", "-r", network.PathOf("d"), "b/c:");
        Assert.Contains("2 copied, 1 failed", copy.Exits(1).Output, StringComparison.Ordinal);
        Assert.Contains("not valid UTF-8", copy.Error, StringComparison.Ordinal);
        // The framework can't name it, and so not remove it.
        await network.ShAsync($"rm -r {network.PathOf("d")}");
    }

    [Theory]
    [InlineData(2, "cp", "here")]
    [InlineData(2, "cp", "here", "there")]
    [InlineData(2, "cp", "b:x", "c:y")]
    [InlineData(2, "cp", "--collision", "maybe", "x", "b:")]
    [InlineData(4, "cp", "b/c:../../etc/passwd", ".")]
    [InlineData(4, "cp", "b/c:/etc/passwd", ".")]
    [InlineData(3, "cp", "nobody:x", ".")]
    [InlineData(2, "serve", "--write", "cat")]
    [InlineData(2, "serve", "--directory", ".", "cat")]
    [InlineData(1, "serve", "--directory", "/does/not/exist")]
    public async Task What_can_not_be_meant_is_told_in_a_line(int code, params string[] arguments)
    {
        await using var files = await FileNetwork.StartAsync();
        var (network, a) = (files.Network, files.A);
        (await a.R2Async(arguments)).FailsWith(code);
    }

    [Fact]
    public async Task A_hundred_thousand_files_arrive()
    {
        await using var files = await FileNetwork.StartAsync(roomInMemory: 2L << 30);
        var (network, a) = (files.Network, files.A);
        const int count = 100_000;
        await network.ShAsync($"cd {network.Directory}; mkdir d; cd d; for i in $(seq 0 99); do mkdir $i; done; seq 0 {count - 1} | awk '{{ f = ($1 % 100) \"/\" $1; print $1 > f; close(f) }}'", Long);
        var clock = Stopwatch.StartNew();
        var copy = await Shell.RunAsync(Executables.Manager, ["-s", a.SocketPath, "cp", "-r", network.PathOf("d"), "b/c:"], network.Environment, limit: Long);
        Assert.Contains("100,000 copied;", copy.Succeeds().Output, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < Long);
        Assert.Equal(count, Directory.EnumerateFiles(network.PathOf("share/d"), "*", SearchOption.AllDirectories).Count());
        Assert.Equal("54321\n", await File.ReadAllTextAsync(network.PathOf("share/d/21/54321")));
    }

    [Fact]
    public async Task What_a_user_mistypes_is_told_and_nothing_is_copied()
    {
        await using var files = await FileNetwork.StartAsync();
        var (network, a) = (files.Network, files.A);
        await File.WriteAllTextAsync(network.PathOf("f"), "1");
        foreach (string option in new[] { "--dry-run", "-v" })
            Assert.Contains($"there is no option '{option}'", (await a.R2Async("cp", option, network.PathOf("f"), "b/c:")).FailsWith(2), StringComparison.Ordinal);
        Assert.Contains("./-", (await a.R2Async("cp", "b/c:f", "-")).FailsWith(2), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(network.PathOf("share")));
        Assert.Contains("none: no such file or directory", (await a.R2Async("cp", "-q", network.PathOf("none"), "b/c:")).FailsWith(1), StringComparison.Ordinal);
        (await a.R2Async("cp", "-rp", network.PathOf("f"), "b/c:")).Succeeds();
        await File.WriteAllTextAsync(network.PathOf("share/f"), "2");
        Assert.Contains("--collision", (await a.R2Async("cp", network.PathOf("f"), "b/c:")).FailsWith(1), StringComparison.Ordinal);
        Assert.Contains("; -r copies", (await a.R2Async("cp", network.PathOf("share"), "b/c:")).FailsWith(1), StringComparison.Ordinal);
        Assert.Contains("none: no such file or directory", (await a.R2Async("publish", network.PathOf("none"))).FailsWith(1), StringComparison.Ordinal);
    }

    private static async Task InAsync(FileNetwork files, params string[] arguments) =>
        (await files.Network.ShAsync($"cd {files.Network.Directory}; r2 -s {files.A.SocketPath} {string.Join(' ', arguments)}", Long)).Succeeds();
}
