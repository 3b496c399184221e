using Pnet;
using Pnet.Addressing;
using Pnet.Services.Commands;

namespace PnetPS;

/// <summary>A command that a node can be asked for.</summary>
public sealed class R2Command
{
    private readonly CommandInfo _info;

    internal R2Command(R2Node node, CommandInfo info, AddressPath? target = null)
    {
        Node = node;
        _info = Plain(info);
        Target = target is null || target.Depth == 0 ? "." : target.ToString();
    }

    /// <summary>The node that was asked.</summary>
    public R2Node Node { get; }

    /// <summary>The node that has the command, as an address from <see cref="Node"/>; <c>.</c> for that node itself.</summary>
    public string Target { get; }

    /// <summary>Its name.</summary>
    public string Name => _info.Name;

    /// <summary>Its parameters, in their order; empty where they aren't known.</summary>
    public CommandParameter[] Parameters => [.. _info.Parameters ?? []];

    /// <summary>Its name and its parameters: <c>add a [b]</c>.</summary>
    public string Syntax => _info.ToString();

    /// <summary>What it does, or <see langword="null"/>.</summary>
    public string? Help => _info.Help;

    /// <summary>What another node tells of a command, so that a terminal can show it.</summary>
    internal static CommandInfo Plain(CommandInfo info) => info with
    {
        Name = PlainText.Clean(info.Name),
        Help = Plain(info.Help),
        Parameters = info.Parameters?.Select(one => one with { Name = PlainText.Clean(one.Name), Type = Plain(one.Type), Help = Plain(one.Help) }).ToArray(),
    };

    private static string? Plain(string? text) => text is null ? null : PlainText.CleanLines(text.ReplaceLineEndings("\n"));

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
