using System.Management.Automation.Language;

namespace PnetPS.Recipes;

/// <summary>
/// Reads a data file from its syntax tree, as <c>Import-PowerShellDataFile</c> does: nothing of it is ever executed. What
/// would have to be is an error of its own.
/// </summary>
internal sealed class RecipeAst(RecipeFindings findings)
{
    /// <summary>Reads a file.</summary>
    /// <returns>Its table, or <see langword="null"/> where it has a syntax error or no table.</returns>
    public RecipeElement? Read(string path)
    {
        // It is read here, so that a file that isn't there is the system's error and not a syntax error.
        var tree = Parser.ParseInput(File.ReadAllText(path), path, out _, out var errors);
        foreach (var error in errors)
            findings.Add("", error.Extent.StartLineNumber, error.Message);
        if (errors.Length > 0)
            return null;

        if (tree is { ParamBlock: null, EndBlock.Statements: [PipelineAst { PipelineElements: [CommandExpressionAst { Expression: var expression, Redirections.Count: 0 }] }] })
            return Take(expression, "");
        findings.Add("", null, "a recipe is one table, @{ … }, and nothing else");
        return null;
    }

    private RecipeElement Take(ExpressionAst expression, string path)
    {
        var line = expression.Extent.StartLineNumber;
        return expression switch
        {
            StringConstantExpressionAst text => new RecipeScalar(path, line, text.Value),
            ExpandableStringExpressionAst { NestedExpressions.Count: 0 } text => new RecipeScalar(path, line, text.Value),
            ConstantExpressionAst { Value: int or double } number => new RecipeScalar(path, line, number.Value),
            UnaryExpressionAst { TokenKind: TokenKind.Minus, Child: ConstantExpressionAst { Value: int number } } => new RecipeScalar(path, line, -number),
            VariableExpressionAst variable when Flag(variable) is { } flag => new RecipeScalar(path, line, flag),
            ScriptBlockExpressionAst block => new RecipeBlock(path, line, block.ScriptBlock.GetScriptBlock()),
            HashtableAst table => Take(table, path),
            ConvertExpressionAst { Type.TypeName.Name: var type, Child: HashtableAst table } when type.Equals("ordered", StringComparison.OrdinalIgnoreCase) => Take(table, path),
            ParenExpressionAst { Pipeline: PipelineAst { PipelineElements: [CommandExpressionAst { Expression: var inner }] } } => Take(inner, path),
            ArrayLiteralAst literal => List(literal.Elements, path, line),
            ArrayExpressionAst array when Items(array) is { } items => List(items, path, line),
            _ => Refuse(expression, path),
        };
    }

    private RecipeMap Take(HashtableAst table, string path)
    {
        var entries = new List<KeyValuePair<string, RecipeElement>>();
        foreach (var (keyAst, statement) in table.KeyValuePairs)
        {
            var key = (keyAst as ConstantExpressionAst)?.Value?.ToString();
            if (key is null)
            {
                Refuse(keyAst, path);
                continue;
            }

            var at = RecipePath.Key(path, key);
            var value = statement is PipelineAst { PipelineElements: [CommandExpressionAst { Expression: var expression, Redirections.Count: 0 }] }
                ? Take(expression, at)
                : Refuse(statement, at);
            entries.Add(new(key, value));
        }

        return new RecipeMap(path, table.Extent.StartLineNumber, entries);
    }

    private RecipeList List(IEnumerable<ExpressionAst> items, string path, int line) =>
        new(path, line, [.. items.Select((item, i) => Take(item, RecipePath.Item(path, i)))]);

    /// <summary>The items of <c>@( … )</c>, by line or by comma; <see langword="null"/> where one is a command.</summary>
    private static List<ExpressionAst>? Items(ArrayExpressionAst array)
    {
        var items = new List<ExpressionAst>();
        foreach (var statement in array.SubExpression.Statements)
        {
            if (statement is not PipelineAst { PipelineElements: [CommandExpressionAst { Expression: var expression, Redirections.Count: 0 }] })
                return null;
            if (expression is ArrayLiteralAst literal)
                items.AddRange(literal.Elements);
            else
                items.Add(expression);
        }

        return items;
    }

    private static bool? Flag(VariableExpressionAst variable) => variable.VariablePath.UserPath.ToUpperInvariant() switch
    {
        "TRUE" => true,
        "FALSE" => false,
        _ => null,
    };

    private RecipeUnreadable Refuse(Ast ast, string path)
    {
        var text = ast.Extent.Text.Split('\n')[0];
        findings.Add(path, ast.Extent.StartLineNumber, $"{text} would have to be executed: a recipe has texts, numbers, $true and $false, script blocks, lists and tables; {{var:NAME}} is a variable");
        return new RecipeUnreadable(path, ast.Extent.StartLineNumber);
    }
}
