using System.Diagnostics;
using System.IO.Enumeration;
using Pnet.Services.Files;

namespace Pnet.Tests.Services.Files;

/// <summary>Names with wildcards, as people write them.</summary>
public sealed class NameGlobTests
{
    [Theory]
    [InlineData("*", "a", true)]
    [InlineData("*", ".a", false)]
    [InlineData(".*", ".a", true)]
    [InlineData("?a", ".a", false)]
    [InlineData("[.]a", ".a", false)]
    [InlineData("*.gz", "log.gz", true)]
    [InlineData("*.gz", "log.gz.old", false)]
    [InlineData("*.gz", ".gz", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("a**c", "ac", true)]
    [InlineData("l?g", "log", true)]
    [InlineData("l?g", "lg", false)]
    [InlineData("l?g", "l😀g", true)]
    [InlineData("l??g", "l😀g", false)]
    [InlineData("[a-c]1", "b1", true)]
    [InlineData("[a-c]1", "d1", false)]
    [InlineData("[!a-c]1", "d1", true)]
    [InlineData("[^a-c]1", "b1", false)]
    [InlineData("[]x]", "]", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[äö]", "ö", true)]
    [InlineData("Log*", "log1", false)]
    [InlineData("a[1].txt", "a1.txt", true)]
    [InlineData("a[1].txt", "a[1].txt", true)]
    [InlineData("a[1.txt", "a[1.txt", true)]
    [InlineData("a\\*", "a*", true)]
    [InlineData("a\\*", "ab", false)]
    [InlineData("a\\*?", "a*b", true)]
    [InlineData("a\\b*", "a\\bc", true)]
    [InlineData("*\n*", "a\nb", true)]
    [InlineData("plain", "plain", true)]
    [InlineData("plain", "plains", false)]
    public void A_wildcard_stands_for_what_a_person_means_by_it(string pattern, string name, bool matches) => Assert.Equal(matches, NameGlob.Parse(pattern).Matches(name));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\\b", "a\\b")]
    [InlineData("a\\[1].txt", "a[1].txt")]
    [InlineData("\\*", "*")]
    [InlineData("a*", null)]
    [InlineData("[ab]", null)]
    public void Without_a_wildcard_it_is_one_name(string pattern, string? name) => Assert.Equal(name, NameGlob.Parse(pattern).Name);

    [Theory]
    [InlineData("../*")]
    [InlineData("*/../x")]
    [InlineData("/etc/*")]
    [InlineData(".pnet-part-*")]
    public void A_path_with_wildcards_leads_nowhere_else(string path) => Assert.Equal(PnetError.Refused, Assert.Throws<PnetException>(() => NameGlob.Split(path, wildcards: true)).Error);

    [Fact]
    public void It_agrees_with_the_matcher_of_the_system_on_stars_and_question_marks()
    {
        var random = new Random(17);
        for (int round = 0; round < 20_000; round++)
        {
            string pattern = Text(random, "ab*?");
            string name = Text(random, "ab");
            Assert.True(FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false) == NameGlob.Parse(pattern).Matches(name), $"{pattern} and {name}");
        }
    }

    [Fact]
    public void The_worst_pattern_is_no_work()
    {
        string pattern = string.Concat(Enumerable.Repeat("*a", 127)) + "b";
        string name = new('a', 255);
        var glob = NameGlob.Parse(pattern);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 100; i++)
            Assert.False(glob.Matches(name));
        // A matcher that tries every star again doesn't end before the sun does.
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30));
    }

    private static string Text(Random random, string alphabet) => new([.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
}
