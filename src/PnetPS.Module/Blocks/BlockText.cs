using System.Management.Automation.Language;
using System.Text;
using Pnet;

namespace PnetPS.Blocks;

/// <summary>
/// The text of a script block, made whole: with the <c>using</c> statements of the file around it, and where it was in that file,
/// so that its errors name the file's lines and <c>$PSScriptRoot</c> is the file's folder.
/// </summary>
internal sealed class BlockText
{
    private const int MaxDescription = 60;

    private readonly string _text;
    private readonly string? _file;

    private BlockText(string text, string? file, string description) => (_text, _file, Description) = (text, file, description);

    /// <summary>The block's first words in braces.</summary>
    public string Description { get; }

    /// <summary>Takes a block's text.</summary>
    public static BlockText Of(ScriptBlockAst ast)
    {
        if (ast.Parent is null)
            return new BlockText(ast.Extent.Text, ast.Extent.File, Describe(ast.Extent.Text));

        // One line, at the very top: the block's own stay where they were.
        var inner = ast.Extent.Text[1..^1];
        var usings = string.Concat(Root(ast).UsingStatements.Select(statement => $"{statement.Extent.Text.ReplaceLineEndings(" ")}; "));
        var above = new string('\n', ast.Extent.StartLineNumber - 1);
        var whole = ast.Parent is FunctionDefinitionAst function ? WithHead(function, inner) : inner;
        return new BlockText(usings + above + whole, ast.Extent.File, Describe(inner));
    }

    /// <summary>
    /// The same with another name for <c>$input</c>, which is empty where no pipeline feeds a block. The <c>$input</c> of blocks
    /// within it is their own.
    /// </summary>
    /// <param name="ast">What <see cref="Parse"/> made of this text.</param>
    /// <param name="name">The name.</param>
    public BlockText WithInput(ScriptBlockAst ast, string name)
    {
        var text = new StringBuilder(_text);
        var found = ast.FindAll(node => node is VariableExpressionAst, searchNestedScriptBlocks: false)
            .Cast<VariableExpressionAst>()
            .Where(variable => variable.VariablePath.UserPath.Equals("input", StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(variable => variable.Extent.StartOffset);
        foreach (var variable in found)
            text.Remove(variable.Extent.StartOffset, variable.Extent.Text.Length).Insert(variable.Extent.StartOffset, (variable.Splatted ? "@" : "$") + name);
        return new BlockText(text.ToString(), _file, Description);
    }

    /// <summary>
    /// Makes of it a block that shares nothing with any other: the classes of a block belong to the runspace that first runs it.
    /// In the runspace that is to run it, as modules that it uses are loaded there.
    /// </summary>
    /// <exception cref="PnetException">What the file around the block uses can't be found from here.</exception>
    public ScriptBlockAst Parse()
    {
        var ast = Parser.ParseInput(_text, _file, out _, out var errors);
        return errors.Length == 0
            ? ast
            : throw new PnetException(PnetError.Usage, $"{Description}: {errors[0].Message.ReplaceLineEndings(" ")}", "Use in the block what it needs: Import-Module takes a name or a path.");
    }

    /// <summary>What a function says outside its braces belongs to it as well.</summary>
    private static string WithHead(FunctionDefinitionAst function, string inner)
    {
        var body = function.Body;
        if (function.IsFilter && body.ProcessBlock is { Unnamed: true })
            inner = $"process {{{inner}}}";
        var head = function.Extent.Text[..(body.Extent.StartOffset - function.Extent.StartOffset)];
        var parameters = head.IndexOf('(', StringComparison.Ordinal);
        return parameters < 0 ? inner : $"param{head[parameters..].ReplaceLineEndings(" ")} {inner}";
    }

    private static ScriptBlockAst Root(Ast ast)
    {
        while (ast.Parent is not null)
            ast = ast.Parent;
        return (ScriptBlockAst)ast;
    }

    private static string Describe(string text)
    {
        var words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return words.Length <= MaxDescription ? $"{{ {words} }}" : $"{{ {words[..MaxDescription]}… }}";
    }
}
