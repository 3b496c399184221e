using System.Text.RegularExpressions;

namespace Pnet.Tests.Protocol;

/// <summary>What the documents link to is there.</summary>
public sealed class LinkedFilesTests
{
    [Fact]
    public void Every_link_of_a_document_leads_to_a_file_and_a_heading()
    {
        var documents = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Append(Path.Combine(Repository.Root, "README.md"));
        Assert.All(documents, document =>
        {
            var links = Regex.Matches(File.ReadAllText(document), @"\]\((?<file>[^)#:\s]*)(#(?<heading>[^)\s]+))?\)");
            Assert.All(links, link => AssertLeads(document, link.Groups["file"].Value, link.Groups["heading"].Value));
        });
    }

    private static void AssertLeads(string from, string file, string heading)
    {
        var target = file.Length == 0 ? from : Path.Combine(Path.GetDirectoryName(from)!, file);
        Assert.True(File.Exists(target) || Directory.Exists(target), $"{from} links to {file}, which is not there");
        if (heading.Length > 0)
            Assert.Contains(heading, File.ReadLines(target).Where(line => line.StartsWith('#')).Select(Anchor));
    }

    // As GitHub makes them: lower case, blanks become hyphens, other signs go.
    private static string Anchor(string heading) =>
        Regex.Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-');
}
