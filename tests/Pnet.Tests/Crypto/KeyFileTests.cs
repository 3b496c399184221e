using System.Diagnostics;
using System.Runtime.Versioning;
using Pnet.Crypto;
using Pnet.Tests.Transports;

namespace Pnet.Tests.Crypto;

[UnsupportedOSPlatform("windows")] // File modes.
public sealed class KeyFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryDirectory _directory = new();

    private string KeyPath => _directory.File("key");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_saved_key_is_loaded_again()
    {
        using var key = NodeKey.Generate();
        KeyFile.Save(KeyPath, key);
        using var again = KeyFile.Load(KeyPath);
        byte[] first = new byte[32], second = new byte[32];
        key.Export(first);
        again.Export(second);

        Assert.Equal(first, second);
        Assert.Equal(key.Id, again.Id);
        Assert.Contains($"# {key.Id}\n", File.ReadAllText(KeyPath), StringComparison.Ordinal);
        Assert.Contains("\nx25519-private:", File.ReadAllText(KeyPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_and_missing_directories_are_made_for_the_owner_only()
    {
        var path = Path.Combine(_directory.Path, "new", "dir", "key");
        using var key = KeyFile.LoadOrCreate(path);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!)); // No temporary file stays.
    }

    [Fact]
    public void LoadOrCreate_makes_one_key_whoever_asks()
    {
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, 16, _ =>
        {
            using var key = KeyFile.LoadOrCreate(KeyPath);
            ids.Add(key.Id.ToString());
        });

        Assert.Single(ids.Distinct());
        Assert.Single(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public void A_key_is_replaced_only_when_asked_for()
    {
        using NodeKey first = NodeKey.Generate(), second = NodeKey.Generate();
        KeyFile.Save(KeyPath, first);

        var error = Assert.Throws<PnetException>(() => KeyFile.Save(KeyPath, second));
        Assert.Equal(PnetError.AlreadyExists, error.Error);
        using (var kept = KeyFile.Load(KeyPath))
            Assert.Equal(first.Id, kept.Id);

        KeyFile.Save(KeyPath, second, overwrite: true);
        using var replaced = KeyFile.Load(KeyPath);
        Assert.Equal(second.Id, replaced.Id);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(KeyPath));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_have_a_right_to_is_refused(UnixFileMode more)
    {
        KeyFile.LoadOrCreate(KeyPath).Dispose();
        File.SetUnixFileMode(KeyPath, OwnerOnly | more);

        var error = Assert.Throws<PnetException>(() => KeyFile.LoadOrCreate(KeyPath));

        Assert.Equal(PnetError.PermissionDenied, error.Error);
        Assert.Contains("mode 06", error.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {KeyPath}", error.Action, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_a_file_that_others_can_read_is_refused()
    {
        KeyFile.LoadOrCreate(KeyPath).Dispose();
        File.CreateSymbolicLink(_directory.File("link"), KeyPath);
        KeyFile.Load(_directory.File("link")).Dispose();

        File.SetUnixFileMode(KeyPath, OwnerOnly | UnixFileMode.OtherRead);
        Assert.Equal(PnetError.PermissionDenied, Assert.Throws<PnetException>(() => KeyFile.Load(_directory.File("link"))).Error);
    }

    [Theory]
    [InlineData("hello\n", "line 1: it doesn't start with x25519-private:")]
    [InlineData("# comment\n\nx25519-private:\n", "line 3: the text after x25519-private: is no key, it is empty")]
    [InlineData("x25519-private:6Xb2RtEf", "line 1: the text after x25519-private: is no key, it has 8 characters")]
    [InlineData("#\r\nx25519-private:0Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC\r\n", "line 2: the text after x25519-private: is no key, '0' at position 1")]
    [InlineData("x25519:6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC\n", "line 1: it doesn't start with")]
    [InlineData("# nothing\n", "holds no key")]
    [InlineData("", "empty")]
    public void Bad_content_is_refused_with_the_line(string content, string part)
    {
        Write(content);

        var error = Assert.Throws<PnetException>(() => KeyFile.LoadOrCreate(KeyPath));

        Assert.Equal(PnetError.Usage, error.Error);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains(KeyPath, error.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(KeyPath));
    }

    [Fact]
    public void A_second_key_in_the_file_is_refused()
    {
        KeyFile.LoadOrCreate(KeyPath).Dispose();
        File.AppendAllText(KeyPath, File.ReadAllLines(KeyPath)[^1]);

        Assert.Contains("line 4: there is a key already", Assert.Throws<PnetException>(() => KeyFile.Load(KeyPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_either_a_key_or_a_clear_error()
    {
        using var key = NodeKey.Generate();
        KeyFile.Save(KeyPath, key);
        var good = File.ReadAllBytes(KeyPath);
        var random = new Random(9);
        for (var i = 0; i < 500; i++)
        {
            var bytes = good[..random.Next(good.Length + 1)];
            for (var flips = random.Next(3); flips > 0 && bytes.Length > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(KeyPath, bytes);
            try
            {
                KeyFile.Load(KeyPath).Dispose();
            }
            catch (PnetException error)
            {
                Assert.Equal(PnetError.Usage, error.Error);
            }
        }
    }

    [Fact]
    public void A_large_file_is_refused()
    {
        Write(new string('#', 5000));
        Assert.Contains("longer than 4096 bytes", Assert.Throws<PnetException>(() => KeyFile.Load(KeyPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_directories_are_told_apart()
    {
        Assert.Equal(PnetError.NotFound, Assert.Throws<PnetException>(() => KeyFile.Load(KeyPath)).Error);
        Assert.Equal(PnetError.NotFound, Assert.Throws<PnetException>(() => KeyFile.Load(Path.Combine(KeyPath, "none"))).Error);
        Assert.Contains("is a directory", Assert.Throws<PnetException>(() => KeyFile.LoadOrCreate(_directory.Path)).Message, StringComparison.Ordinal);
        using var key = NodeKey.Generate();
        Assert.Contains("is a directory", Assert.Throws<PnetException>(() => KeyFile.Save(_directory.Path, key, true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_an_error_without_leftovers()
    {
        Write("not a directory");
        using var key = NodeKey.Generate();

        var error = Assert.Throws<PnetException>(() => KeyFile.Save(Path.Combine(KeyPath, "below"), key));

        Assert.Contains("can't be written", error.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public void A_pipe_is_refused_instead_of_waited_for()
    {
        using (var mkfifo = Process.Start("mkfifo", ["-m", "600", KeyPath]))
            mkfifo.WaitForExit();

        Assert.Contains("not a plain file", Assert.Throws<PnetException>(() => KeyFile.Load(KeyPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_path_is_in_the_users_configuration()
    {
        var configuration = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is ['/', ..] set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");

        Assert.Equal(Path.Combine(configuration, "pnet", "key"), KeyFile.DefaultPath);
    }

    private void Write(string content)
    {
        File.WriteAllText(KeyPath, content);
        File.SetUnixFileMode(KeyPath, OwnerOnly);
    }
}
