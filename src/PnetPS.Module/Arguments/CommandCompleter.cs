using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Pnet.Addressing;
using Pnet.Services.Commands;

namespace PnetPS.Arguments;

/// <summary>Completes the commands of the node that a command line's <c>-Target</c> names, or of the node that is asked.</summary>
public sealed class CommandCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        var target = AddressPath.TryParse($"{(fakeBoundParameters["Target"] is object[] several ? several.FirstOrDefault() : fakeBoundParameters["Target"])}", out var path) ? path : AddressPath.Self;
        return from command in Question.Ask(fakeBoundParameters, (control, stopping) => new CommandClient(control).GetCommandsAsync(target, stopping))
               let plain = R2Command.Plain(command)
               let result = Completion.Offer(wordToComplete, plain.Name, plain.Help ?? plain.ToString())
               where result is not null
               select result;
    }
}
