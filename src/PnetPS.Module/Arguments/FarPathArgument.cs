namespace PnetPS.Arguments;

/// <summary>
/// A path in the directory that a node shares where a cmdlet wants one: as text, which may have wildcards, or a file that
/// <c>Get-R2File</c> has found, which is that file alone. PowerShell converts to it by itself.
/// </summary>
public sealed class FarPathArgument
{
    /// <summary>Takes a path as text.</summary>
    public FarPathArgument(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        Text = text;
    }

    /// <summary>Takes a file's path as it is.</summary>
    public FarPathArgument(R2File file)
    {
        ArgumentNullException.ThrowIfNull(file);
        (Text, IsLiteral) = (file.FullName, true);
    }

    /// <summary>The path.</summary>
    internal string Text { get; }

    /// <summary>Whether no character in it stands for others.</summary>
    internal bool IsLiteral { get; }

    /// <summary>What was given.</summary>
    public override string ToString() => Text;
}
