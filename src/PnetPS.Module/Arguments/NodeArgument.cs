namespace PnetPS.Arguments;

/// <summary>A node where a cmdlet wants one: the object, or its name or id as text. PowerShell converts to it by itself.</summary>
public sealed class NodeArgument
{
    /// <summary>Names a node of this process.</summary>
    /// <param name="text">Its name, its id, or 4 or more characters that its id begins with.</param>
    public NodeArgument(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        Text = text;
    }

    /// <summary>Takes a node that is at hand.</summary>
    public NodeArgument(R2Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        Node = node;
    }

    /// <summary>The text, where the node is yet to be found.</summary>
    internal string? Text { get; }

    /// <summary>The node, where it was given.</summary>
    internal R2Node? Node { get; }

    /// <summary>What was given.</summary>
    public override string ToString() => Node?.ToString() ?? Text!;
}
