using System.CommandLine;
using System.CommandLine.Parsing;

namespace Pnet.Cli.Parsing;

/// <summary>Short forms for giving a command its arguments and options.</summary>
internal static class CommandSymbols
{
    /// <summary>Adds an argument that is one word.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">Its name in the help.</param>
    /// <param name="description">What it is.</param>
    /// <param name="parse">Reads it, or throws a <see cref="FormatException"/> that says what is wrong.</param>
    /// <param name="optional">Whether it may be left out.</param>
    public static Argument<T> Argument<T>(this Command command, string name, string description, Func<string, T> parse, bool optional = false)
    {
        var argument = new Argument<T>(name)
        {
            Description = description,
            Arity = optional ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
            CustomParser = result => Read(result, null, parse),
        };
        command.Add(argument);
        return argument;
    }

    /// <summary>Adds an argument of several words; see <see cref="TrailingWords"/>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">Its name in the help.</param>
    /// <param name="description">What it is.</param>
    /// <param name="parse">Reads the words, or throws a <see cref="FormatException"/> that says what is wrong.</param>
    /// <param name="optional">Whether there may be none.</param>
    public static Argument<T> Words<T>(this Command command, string name, string description, Func<string[], T> parse, bool optional = false)
    {
        var argument = new Argument<T>(name)
        {
            Description = description,
            Arity = optional ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
            CustomParser = result => Read(result, null, _ => parse([.. result.Tokens.Select(token => token.Value)])),
        };
        command.Add(argument);
        return argument;
    }

    /// <summary>Adds an option with a value.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">Its name with two dashes.</param>
    /// <param name="alias">Its short name, if it has one.</param>
    /// <param name="value">What the value is called in the help.</param>
    /// <param name="description">What it does.</param>
    /// <param name="parse">Reads the value, or throws a <see cref="FormatException"/> that says what is wrong.</param>
    /// <param name="default">The value where it isn't given.</param>
    public static Option<T> Option<T>(this Command command, string name, string? alias, string value, string description, Func<string, T> parse, T @default)
    {
        var option = new Option<T>(name, alias is null ? [] : [alias])
        {
            Description = description,
            HelpName = value,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Read(result, name, parse),
        };
        _ = @default is null ? null : option.DefaultValueFactory = _ => @default;
        command.Add(option);
        return option;
    }

    /// <summary>Adds an option that may be given several times.</summary>
    public static Option<string[]> Many(this Command command, string name, string? alias, string value, string description)
    {
        var option = new Option<string[]>(name, alias is null ? [] : [alias])
        {
            Description = description,
            HelpName = value,
            Arity = ArgumentArity.ZeroOrMore,
        };
        command.Add(option);
        return option;
    }

    /// <summary>Adds an option that is there or not.</summary>
    public static Option<bool> Flag(this Command command, string name, string? alias, string description)
    {
        var option = new Option<bool>(name, alias is null ? [] : [alias]) { Description = description };
        command.Add(option);
        return option;
    }

    private static T? Read<T>(ArgumentResult result, string? option, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens.Count > 0 ? result.Tokens[^1].Value : "");
        }
        catch (FormatException exception)
        {
            result.AddError(option is null ? exception.Message : $"{option}: {exception.Message}");
            return default;
        }
    }
}
