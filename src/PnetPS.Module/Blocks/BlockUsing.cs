using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;
using Pnet;

namespace PnetPS.Blocks;

/// <summary>The values of a script block's <c>$using:</c> expressions, taken in the session that wrote it.</summary>
internal static class BlockUsing
{
    /// <summary>The parameter that the engine takes them by.</summary>
    public const string Parameter = "--%";

    /// <summary>Takes the values, under the keys that the engine looks for; on the pipeline's thread.</summary>
    /// <exception cref="PnetException">There is no such variable.</exception>
    public static Hashtable Values(ScriptBlockAst ast, PSCmdlet cmdlet)
    {
        var values = new Hashtable();
        foreach (var expression in ast.FindAll(node => node is UsingExpressionAst, searchNestedScriptBlocks: true).Cast<UsingExpressionAst>())
        {
            // The engine looks a value up by the expression's text, whose letter case counts unless it is a plain variable.
            var text = expression.ToString();
            var plain = expression.SubExpression is VariableExpressionAst;
            var key = Convert.ToBase64String(Encoding.Unicode.GetBytes(plain ? text.ToLowerInvariant() : text));
            if (values.ContainsKey(key))
                continue;
            RequireVariable(expression, cmdlet);
            values.Add(key, Evaluate(text, cmdlet));
        }

        return values;
    }

    // As Invoke-Command says it: where the block runs, a name that is mistyped would be nothing, without a word.
    private static void RequireVariable(UsingExpressionAst expression, PSCmdlet cmdlet)
    {
        var variable = (VariableExpressionAst)expression.Find(node => node is VariableExpressionAst, searchNestedScriptBlocks: false);
        var path = variable.VariablePath;
        if (!path.IsDriveQualified && cmdlet.SessionState.PSVariable.Get(path.UserPath[(path.UserPath.IndexOf(':', StringComparison.Ordinal) + 1)..]) is null)
            throw new PnetException(PnetError.Usage, $"{expression} has no value: this session has no such variable", "Set the variable first, or correct its name.");
    }

    private static object? Evaluate(string expression, PSCmdlet cmdlet)
    {
        var local = expression
            .Replace("$using:", "$", StringComparison.OrdinalIgnoreCase)
            .Replace("${using:", "${", StringComparison.OrdinalIgnoreCase);
        var results = cmdlet.SessionState.InvokeCommand.InvokeScript(false, ScriptBlock.Create($"Write-Output -NoEnumerate ({local})"), null);
        return results.Count == 0 ? null : results[0]?.BaseObject;
    }
}
