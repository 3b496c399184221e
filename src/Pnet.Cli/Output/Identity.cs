using System.Text;
using Pnet.Addressing;

namespace Pnet.Cli.Output;

/// <summary>Who a node is, in running text.</summary>
internal static class Identity
{
    private const int IdLength = 43;

    /// <summary>Cuts the ids in a path or a description to their first characters: whole ones leave no room for the rest of a row.</summary>
    public static string Shorten(string text)
    {
        if (text.Length < IdLength)
            return text;

        char[] breaks = ['/', ' '];
        var shortened = new StringBuilder();
        for (int at = 0; at < text.Length;)
        {
            int end = text.IndexOfAny(breaks, at);
            end = end < 0 ? text.Length : end;
            string word = text[at..end];
            shortened.Append(NodeId.TryParse(word, out var id) ? id.ToShortString() : word);
            if (end < text.Length)
                shortened.Append(text[end]);
            at = end + 1;
        }

        return shortened.ToString();
    }

    /// <summary><c>bob (6Xb2RtEf…)</c> with the whole id, or the id alone where there is no name.</summary>
    public static string Of(string? name, NodeId? id) => (name, id) switch
    {
        (null, null) => "a node not known yet",
        (null, { } key) => key.ToString(),
        (_, null) => name,
        (_, { } key) => $"{name} ({key})",
    };
}
