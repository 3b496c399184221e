using System.Text.RegularExpressions;

namespace Pnet.Tests.Protocol;

/// <summary>A fenced block of a document, found by the comment before it: <c>&lt;!-- block: NAME --&gt;</c>.</summary>
/// <param name="path">The document, from the repository's top folder.</param>
/// <param name="name">The block's name.</param>
internal sealed class DocumentBlock(string path, string name)
{
    /// <summary>Set to 1, it makes <see cref="AssertIs"/> write the blocks instead of comparing them.</summary>
    private const string RewriteVariable = "PNET_REWRITE_DOCS";

    /// <summary>The text between the fences.</summary>
    public string Text => Match(Repository.Read(path)).Groups["text"].Value;

    /// <summary>Compares the block with what the code makes.</summary>
    public void AssertIs(string expected)
    {
        if (Environment.GetEnvironmentVariable(RewriteVariable) == "1")
            Rewrite(expected);
        Assert.True(expected == Text, $"{path}, block \"{name}\", is not what the code makes: run this test with {RewriteVariable}=1 and look at the change. The code makes:\n{expected}");
    }

    private void Rewrite(string text)
    {
        var document = Repository.Read(path);
        var group = Match(document).Groups["text"];
        File.WriteAllText(Path.Combine(Repository.Root, path), document[..group.Index] + text + document[(group.Index + group.Length)..]);
    }

    private Match Match(string document)
    {
        var match = Regex.Match(document, $@"<!-- block: {Regex.Escape(name)} -->\n+```\w*\n(?<text>.*?)```", RegexOptions.Singleline);
        Assert.True(match.Success, $"{path} has no block \"{name}\"");
        return match;
    }
}
