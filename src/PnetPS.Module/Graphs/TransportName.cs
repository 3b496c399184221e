namespace PnetPS.Graphs;

/// <summary>Shortens what carries a link to the kind of thing it is.</summary>
internal static class TransportName
{
    /// <summary>A URI's scheme, <c>stdio</c>, <c>script</c>, or the program of a command line.</summary>
    public static string? Of(string? transport)
    {
        var text = transport?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        if (text == "-")
            return "stdio";
        if (text[0] == '{' || text.StartsWith("script:", StringComparison.OrdinalIgnoreCase))
            return "script";
        if (text.IndexOf("://", StringComparison.Ordinal) is > 0 and var end && text.AsSpan(0, end).IndexOfAnyExcept(SchemeLetters) < 0)
            return text[..end];

        var word = text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries)[0].Trim('"', '\'');
        var program = word[(word.LastIndexOfAny(['/', '\\']) + 1)..];
        return program.Length == 0 ? null : program;
    }

    private static readonly System.Buffers.SearchValues<char> SchemeLetters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
}
