using System.Management.Automation.Language;
using Pnet.Services.Commands;
using CommandInfo = Pnet.Services.Commands.CommandInfo;

namespace PnetPS.Blocks;

/// <summary>What a script block tells of itself as a command: its parameters, and its comment-based help.</summary>
internal static class CommandSignature
{
    /// <summary>Reads it.</summary>
    /// <param name="name">The command's name.</param>
    /// <param name="source">The block.</param>
    /// <param name="help">What it does, in place of what the block says.</param>
    public static CommandInfo Of(string name, BlockSource source, string? help)
    {
        var ast = source.Text.Parse();
        var content = ast.GetHelpContent();
        return new CommandInfo
        {
            Name = name,
            Help = help ?? (content?.Synopsis ?? content?.Description)?.Trim(),
            Parameters = TakesAnything(ast) ? null : [.. ast.ParamBlock.Parameters.Select(parameter => Describe(parameter, content))],
        };
    }

    private static bool TakesAnything(ScriptBlockAst ast) =>
        ast.ParamBlock is null
        || ast.ParamBlock.Parameters.Any(parameter => IsSet(parameter, "ValueFromRemainingArguments"))
        || ast.FindAll(node => node is VariableExpressionAst { VariablePath.UserPath: var path } && path.Equals("args", StringComparison.OrdinalIgnoreCase), searchNestedScriptBlocks: false).Any();

    private static CommandParameter Describe(ParameterAst parameter, CommentHelpInfo? help)
    {
        var name = parameter.Name.VariablePath.UserPath;
        var type = parameter.Attributes.OfType<TypeConstraintAst>().FirstOrDefault()?.TypeName.FullName;
        return new CommandParameter(name, type, IsSet(parameter, "Mandatory"), help?.Parameters.TryGetValue(name.ToUpperInvariant(), out var text) == true ? text.Trim() : null);
    }

    private static bool IsSet(ParameterAst parameter, string property) => parameter.Attributes.OfType<AttributeAst>()
        .SelectMany(attribute => attribute.NamedArguments)
        .Any(argument => argument.ArgumentName.Equals(property, StringComparison.OrdinalIgnoreCase) && (argument.ExpressionOmitted || argument.Argument.ToString().Equals("$true", StringComparison.OrdinalIgnoreCase)));
}
