using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace PnetPS.Blocks;

/// <summary>How a script block takes its transport.</summary>
internal enum BlockForm
{
    /// <summary><c>param($Stream)</c>: both directions as a stream.</summary>
    Stream,

    /// <summary>Lines come through the pipeline.</summary>
    Lines,

    /// <summary>A <c>[byte[]]</c> parameter: bytes come through the pipeline, as many at a time as arrived.</summary>
    Bytes,
}

/// <summary>
/// A script block taken out of the session that wrote it, so that it can run in runspaces of its own: its text, the values
/// of its <c>$using:</c> variables, and the folder it was in.
/// </summary>
internal sealed class BlockSource
{
    private const int MaxDescription = 60;

    private BlockSource(ScriptBlock script, BlockForm form, bool readsInput, Hashtable usingValues, string? folder, string description, Action<ErrorRecord> caller)
    {
        Script = script;
        Form = form;
        ReadsInput = readsInput;
        UsingValues = usingValues;
        Folder = folder;
        Description = description;
        Caller = caller;
    }

    /// <summary>The block, bound to no session.</summary>
    public ScriptBlock Script { get; }

    /// <summary>How it takes its transport.</summary>
    public BlockForm Form { get; }

    /// <summary>Whether it reads <see cref="BlockRun.InputVariable"/> by itself and has no <c>process</c> block to be fed.</summary>
    public bool ReadsInput { get; }

    /// <summary>The values of its <c>$using:</c> expressions under the keys the engine looks for.</summary>
    public Hashtable UsingValues { get; }

    /// <summary>The folder that was current, or <see langword="null"/> where that was none of the file system's.</summary>
    public string? Folder { get; }

    /// <summary>Its first words, for lists.</summary>
    public string Description { get; }

    /// <summary>Is told what the block reports, for as long as whoever passed the block listens.</summary>
    public Action<ErrorRecord> Caller { get; }

    /// <summary>Takes a block out of the session of a cmdlet; on the pipeline's thread.</summary>
    /// <param name="block">The block.</param>
    /// <param name="cmdlet">The cmdlet it was passed to.</param>
    /// <param name="caller">Is told what the block reports, on any thread.</param>
    public static BlockSource Create(ScriptBlock block, PSCmdlet cmdlet, Action<ErrorRecord> caller)
    {
        var ast = (ScriptBlockAst)block.Ast;
        var form = FormOf(ast);
        var readsInput = form != BlockForm.Stream && ast.ProcessBlock is null && ast.BeginBlock is null;
        var text = TextOf(ast);
        if (readsInput)
            text = RenameInput(ast, text);

        var location = cmdlet.SessionState.Path.CurrentLocation;
        return new BlockSource(
            ScriptBlock.Create(text),
            form,
            readsInput,
            UsingValuesOf(ast, cmdlet),
            location.Provider.Name == "FileSystem" ? location.ProviderPath : null,
            Describe(text),
            caller);
    }

    private static BlockForm FormOf(ScriptBlockAst ast)
    {
        if (ast.ParamBlock is not { } declared)
            return BlockForm.Lines;
        if (declared.Parameters.Any(parameter => parameter.Name.VariablePath.UserPath.Equals("Stream", StringComparison.OrdinalIgnoreCase)))
            return BlockForm.Stream;
        return declared.Parameters.Any(parameter => parameter.StaticType == typeof(byte[])) ? BlockForm.Bytes : BlockForm.Lines;
    }

    /// <summary>The text between the braces, where there are any.</summary>
    private static string TextOf(ScriptBlockAst ast)
    {
        var text = ast.Extent.Text;
        return HasBraces(ast) ? text[1..^1] : text;
    }

    private static bool HasBraces(ScriptBlockAst ast) => ast.Parent is ScriptBlockExpressionAst;

    /// <summary>
    /// <c>$input</c> of a block that is not fed by a pipeline would be empty: the lines are under another name. The <c>$input</c>
    /// of blocks within it is their own.
    /// </summary>
    private static string RenameInput(ScriptBlockAst ast, string text)
    {
        var start = ast.Extent.StartOffset + (HasBraces(ast) ? 1 : 0);
        var renamed = new StringBuilder(text);
        var found = ast.FindAll(node => node is VariableExpressionAst, searchNestedScriptBlocks: false)
            .Cast<VariableExpressionAst>()
            .Where(variable => variable.VariablePath.UserPath.Equals("input", StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(variable => variable.Extent.StartOffset);
        foreach (var variable in found)
        {
            var sigil = variable.Splatted ? "@" : "$";
            renamed.Remove(variable.Extent.StartOffset - start, variable.Extent.Text.Length);
            renamed.Insert(variable.Extent.StartOffset - start, sigil + BlockRun.InputVariable);
        }

        return renamed.ToString();
    }

    private static Hashtable UsingValuesOf(ScriptBlockAst ast, PSCmdlet cmdlet)
    {
        var values = new Hashtable();
        foreach (var expression in ast.FindAll(node => node is UsingExpressionAst, searchNestedScriptBlocks: true).Cast<UsingExpressionAst>())
        {
            // The engine looks a value up by the expression's text, whose letter case counts unless it is a plain variable.
            var text = expression.ToString();
            var plain = expression.SubExpression is VariableExpressionAst;
            var key = Convert.ToBase64String(Encoding.Unicode.GetBytes(plain ? text.ToLowerInvariant() : text));
            if (!values.ContainsKey(key))
                values.Add(key, Evaluate(text, cmdlet));
        }

        return values;
    }

    private static object? Evaluate(string expression, PSCmdlet cmdlet)
    {
        var local = expression
            .Replace("$using:", "$", StringComparison.OrdinalIgnoreCase)
            .Replace("${using:", "${", StringComparison.OrdinalIgnoreCase);
        var results = cmdlet.SessionState.InvokeCommand.InvokeScript(false, ScriptBlock.Create($"Write-Output -NoEnumerate ({local})"), null);
        return results.Count == 0 ? null : results[0]?.BaseObject;
    }

    private static string Describe(string text)
    {
        var words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return words.Length <= MaxDescription ? $"{{ {words} }}" : $"{{ {words[..MaxDescription]}… }}";
    }
}
