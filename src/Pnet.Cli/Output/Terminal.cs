using System.Globalization;
using System.Text;

namespace Pnet.Cli.Output;

/// <summary>What is known of the terminal, if there is one.</summary>
internal static class Terminal
{
    /// <summary>The widest a table gets, in columns.</summary>
    public const int MaxWidth = 100;

    /// <summary>
    /// The columns that output may take: the terminal's own, at most <see cref="MaxWidth"/>. A file or a pipe gets all of
    /// <see cref="MaxWidth"/>.
    /// </summary>
    public static int Width
    {
        get
        {
            if (Console.IsOutputRedirected)
                return MaxWidth;
            int width = Console.WindowWidth;
            return width > 0 ? Math.Min(width, MaxWidth) : MaxWidth;
        }
    }

    /// <summary>Whether output may have colours: on a terminal, unless <c>NO_COLOR</c> is set or the terminal is dumb (no-color.org).</summary>
    public static bool HasColour =>
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Shows control characters instead of obeying them: names and reasons come from other machines.</summary>
    public static string Clean(string text)
    {
        int bad = 0;
        while (bad < text.Length && !char.IsControl(text[bad]))
            bad++;
        if (bad == text.Length)
            return text;

        var clean = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            if (c is '\n' or '\r' or '\t')
                clean.Append(' ');
            else if (char.IsControl(c))
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                clean.Append(c);
        }

        return clean.ToString();
    }
}
