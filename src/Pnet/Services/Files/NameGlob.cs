namespace Pnet.Services.Files;

/// <summary>
/// One name of a path that a person has written: as it stands, or with wildcards. <c>*</c> stands for any characters, <c>?</c> for one,
/// <c>[a-z]</c> for one of some and <c>[!a-z]</c> for one of the others; a backslash before one of them takes its meaning away.
/// As in a shell (POSIX.1-2017, XCU 2.13), no wildcard stands for a dot at the beginning of a name.
/// </summary>
internal sealed class NameGlob
{
    private const string Special = "*?[]\\";

    private readonly List<Token> _tokens;

    private NameGlob(string text, List<Token> tokens, string? name) => (Text, _tokens, Name) = (text, tokens, name);

    private enum TokenKind
    {
        One,
        Any,
        AnySeveral,
        Set,
    }

    /// <summary>What was written.</summary>
    public string Text { get; }

    /// <summary>The one name that it stands for; <see langword="null"/> where there are wildcards.</summary>
    public string? Name { get; }

    /// <summary>A name as it stands.</summary>
    public static NameGlob Literal(string name) => new(name, [], name);

    /// <summary>Reads a name that may have wildcards.</summary>
    public static NameGlob Parse(string text)
    {
        if (!HasWildcards(text))
            return Literal(text);
        var tokens = new List<Token>();
        for (int at = 0; at < text.Length;)
            tokens.Add(Next(text, ref at));
        // Several stars in a row say what one says, and cost more.
        for (int i = tokens.Count - 1; i > 0; i--)
        {
            if (tokens[i].Kind == TokenKind.AnySeveral && tokens[i - 1].Kind == TokenKind.AnySeveral)
                tokens.RemoveAt(i);
        }
        bool plain = tokens.TrueForAll(token => token.Kind == TokenKind.One);
        return new NameGlob(text, tokens, plain ? string.Concat(tokens.Select(token => token.Text)) : null);
    }

    /// <summary>Takes a path apart that a person has written; see <see cref="FilePath.SplitTyped"/>.</summary>
    /// <param name="path">The path.</param>
    /// <param name="wildcards">Whether it may have wildcards; otherwise all of it is as it stands.</param>
    /// <exception cref="PnetException">A name in it could lead elsewhere, or is none.</exception>
    public static NameGlob[] Split(string path, bool wildcards) => [.. FilePath.SplitTyped(path).Select(name => wildcards ? Parse(name) : Literal(name))];

    /// <summary>Whether a path or a name has characters that may mean others.</summary>
    public static bool HasWildcards(string text) => text.AsSpan().ContainsAny('*', '?', '[');

    /// <summary>Whether it stands for a name. One that is written exactly like that is among them. Takes time in proportion to both lengths at most.</summary>
    public bool Matches(string name)
    {
        if (Name is not null)
            return name == Name;
        if (name == Text)
            return true;
        if (name.StartsWith('.') && !_tokens[0].Is('.'))
            return false;
        // Where the last star began, and what it has taken: only that one is tried again, as an earlier one could take no better part.
        int token = 0, at = 0, star = -1, taken = 0;
        while (at < name.Length)
        {
            if (token < _tokens.Count && _tokens[token].Kind == TokenKind.AnySeveral)
                (star, taken) = (token++, at);
            else if (token < _tokens.Count && _tokens[token].Takes(name, at) is > 0 and var length)
                (token, at) = (token + 1, at + length);
            else if (star >= 0)
                (token, at) = (star + 1, ++taken);
            else
                return false;
        }
        while (token < _tokens.Count && _tokens[token].Kind == TokenKind.AnySeveral)
            token++;
        return token == _tokens.Count;
    }

    private static Token Next(string text, ref int at)
    {
        char first = text[at++];
        switch (first)
        {
            case '*':
                return new Token(TokenKind.AnySeveral, "*");
            case '?':
                return new Token(TokenKind.Any, "?");
            case '[' when SetEnd(text, at) is > 0 and var end:
                var set = new Token(TokenKind.Set, text[at..end]);
                at = end + 1;
                return set;
            case '\\' when at < text.Length && Special.Contains(text[at], StringComparison.Ordinal):
                return new Token(TokenKind.One, text[at++].ToString());
            default:
                return new Token(TokenKind.One, first.ToString());
        }
    }

    // A bracket right at the beginning is one of the set; without one at the end there is no set.
    private static int SetEnd(string text, int start)
    {
        int first = start < text.Length && text[start] is '!' or '^' ? start + 1 : start;
        return first + 1 < text.Length ? text.IndexOf(']', first + 1) : -1;
    }

    private readonly record struct Token(TokenKind Kind, string Text)
    {
        public bool Is(char c) => Kind == TokenKind.One && Text[0] == c;

        /// <summary>How much of a name it takes at a place; 0 where it doesn't fit.</summary>
        public int Takes(string name, int at) => Kind switch
        {
            TokenKind.One => name[at] == Text[0] ? 1 : 0,
            // A character outside of the basic plane is two here, and one to whoever wrote the pattern.
            TokenKind.Any => char.IsHighSurrogate(name[at]) && at + 1 < name.Length ? 2 : 1,
            _ => HasInSet(name[at]) ? 1 : 0,
        };

        private bool HasInSet(char c)
        {
            bool others = Text[0] is '!' or '^';
            bool found = false;
            for (int i = others ? 1 : 0; i < Text.Length; i++)
            {
                if (i + 2 < Text.Length && Text[i + 1] == '-')
                {
                    found |= c >= Text[i] && c <= Text[i + 2];
                    i += 2;
                }
                else
                {
                    found |= c == Text[i];
                }
            }
            return found != others;
        }
    }
}
