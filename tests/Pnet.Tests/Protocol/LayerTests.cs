using System.Text.RegularExpressions;

namespace Pnet.Tests.Protocol;

/// <summary>The folders of the library are the layers that docs/architecture.md lists, and each uses only those above it there.</summary>
public sealed partial class LayerTests
{
    private const string Library = "src/Pnet";

    // The last row is the composition root, which uses all of them.
    private static readonly List<string> Layers =
        [.. DocumentTable.Rows("docs/architecture.md", "folder | holds").Select(row => row[0].TrimEnd('/')).SkipLast(1)];

    [Fact]
    public void Every_folder_is_a_layer_of_the_table()
    {
        var folders = Repository.SourceFiles(Library).Select(FolderOf).Where(folder => folder.Length > 0).Distinct();
        Assert.Equal(Layers.Order(), folders.Order());
    }

    [Fact]
    public void Every_file_has_its_folders_namespace()
    {
        foreach (string path in Repository.SourceFiles(Library))
        {
            string folder = Path.GetDirectoryName(Path.GetRelativePath(Path.Combine(Repository.Root, Library), path))!;
            string expected = "Pnet" + (folder.Length > 0 ? "." : "") + folder.Replace(Path.DirectorySeparatorChar, '.');
            Assert.True(Namespace().Match(File.ReadAllText(path)).Groups[1].Value == expected, $"{path} isn't in {expected}");
        }
    }

    [Fact]
    public void No_layer_uses_one_that_stands_below_it()
    {
        var uses = (
            from path in Repository.SourceFiles(Library)
            let layer = Layers.IndexOf(FolderOf(path))
            where layer >= 0
            from used in Used().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value)
            where Layers.Contains(used)
            select (Path: Path.GetRelativePath(Repository.Root, path), Layer: layer, Used: used)).ToList();
        // The search sees what is used at all: the way from the top to the bottom.
        Assert.Contains(uses, use => Layers[use.Layer] == "Control" && use.Used == "Addressing");
        Assert.Empty(uses.Where(use => Layers.IndexOf(use.Used) > use.Layer).Select(use => $"{use.Path} uses {use.Used}"));
    }

    private static string FolderOf(string path)
    {
        var parts = Path.GetRelativePath(Path.Combine(Repository.Root, Library), path).Split(Path.DirectorySeparatorChar);
        return parts.Length > 1 ? parts[0] : "";
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    // A name with its namespace in front, "using" or not: Pnet.Control.NodeInfo, Control.NodeInfo. A member is no namespace.
    [GeneratedRegex(@"(?:\bPnet\.|(?<![\w.]))([A-Z]\w+)(?=[.;])")]
    private static partial Regex Used();
}
