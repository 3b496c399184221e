using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Files;

/// <summary>Which words of <c>r2 cp</c> are options, and which are files.</summary>
public sealed class CopyWordsTests
{
    [Fact]
    public async Task After_two_dashes_a_word_is_a_file_whatever_it_begins_with()
    {
        await using var files = await FileNetwork.StartAsync();
        string here = files.PathOf("here");
        (await files.Network.ShAsync($"mkdir {here} && cd {here} && printf 1 >-x && printf 2 >--help && printf 3 >-")).Succeeds();

        string r2 = $"cd {here} && {Executables.Manager} -s {files.A.SocketPath}";
        Assert.Matches("there is no option '-x'.* after --", (await files.Network.ShAsync($"{r2} cp -x b/c:")).FailsWith(2));
        Assert.Contains("./-", (await files.Network.ShAsync($"{r2} cp - b/c:")).FailsWith(2), StringComparison.Ordinal);
        Assert.Empty(FileNetwork.NamesIn(files.Share));
        (await files.Network.ShAsync($"{r2} cp -q -- -x --help - b/c:")).Succeeds();
        (await files.Network.ShAsync($"{r2} cp -q -- b/c:-x -y")).Succeeds();

        Assert.Equal(["-", "--help", "-x"], FileNetwork.NamesIn(files.Share));
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(here, "-y")));
        Assert.Contains("Usage:", (await files.Network.ShAsync($"{r2} cp --help")).Succeeds().Output, StringComparison.Ordinal);
    }
}
