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

    /// <inheritdoc cref="PlainText.Clean"/>
    public static string Clean(string text) => PlainText.Clean(text);
}
