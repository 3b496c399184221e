using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Pnet;

namespace PnetPS.Blocks;

/// <summary>
/// A script block taken out of the session that wrote it, so that it can run in runspaces of its own: its text, the values
/// of its <c>$using:</c> variables, the session's preferences, and the folder it was in.
/// </summary>
internal sealed class BlockSource
{
    private BlockSource(BlockText text, BlockForm form, bool readsInput, Hashtable usingValues, BlockPreferences preferences, string? folder, IBlockListener caller)
    {
        Text = text;
        Form = form;
        ReadsInput = readsInput;
        UsingValues = usingValues;
        Preferences = preferences;
        Folder = folder;
        Caller = caller;
    }

    /// <summary>The block, bound to no session.</summary>
    public BlockText Text { get; }

    /// <summary>How it takes its transport.</summary>
    public BlockForm Form { get; }

    /// <summary>Whether it reads <see cref="BlockRun.InputVariable"/> by itself and has no <c>process</c> block to be fed.</summary>
    public bool ReadsInput { get; }

    /// <summary>The values of its <c>$using:</c> expressions under the keys the engine looks for.</summary>
    public Hashtable UsingValues { get; }

    /// <summary>The preference variables it begins with.</summary>
    public BlockPreferences Preferences { get; }

    /// <summary>The folder that was current, or <see langword="null"/> where that was none of the file system's.</summary>
    public string? Folder { get; }

    /// <summary>Its first words, for lists.</summary>
    public string Description => Text.Description;

    /// <summary>Is told what the block says, for as long as whoever passed the block listens.</summary>
    public IBlockListener Caller { get; }

    /// <summary>Takes a block out of the session of a cmdlet; on the pipeline's thread.</summary>
    /// <param name="block">The block.</param>
    /// <param name="cmdlet">The cmdlet it was passed to.</param>
    /// <param name="caller">Is told what the block says.</param>
    /// <exception cref="PnetException">It can't be taken out.</exception>
    public static BlockSource Create(ScriptBlock block, PSCmdlet cmdlet, IBlockListener caller)
    {
        var ast = block.Ast as ScriptBlockAst ?? ((FunctionDefinitionAst)block.Ast).Body;
        var text = BlockText.Of(ast);
        var whole = text.Parse();
        var form = FormOf(whole);
        var readsInput = form != BlockForm.Stream && whole.ProcessBlock is null && whole.BeginBlock is null;
        if (readsInput)
            text = text.WithInput(whole, BlockRun.InputVariable);

        var location = cmdlet.SessionState.Path.CurrentLocation;
        return new BlockSource(
            text,
            form,
            readsInput,
            BlockUsing.Values(ast, cmdlet),
            BlockPreferences.Of(cmdlet),
            location.Provider.Name == "FileSystem" ? location.ProviderPath : null,
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
}
