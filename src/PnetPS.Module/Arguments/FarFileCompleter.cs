using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Pnet.Addressing;
using Pnet.Services.Files;

namespace PnetPS.Arguments;

/// <summary>Completes paths in the directory that the node shares which a command line's <c>-Target</c> names.</summary>
public sealed class FarFileCompleter : IArgumentCompleter
{
    // Nobody reads more.
    private const int MaxOffered = 256;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        string typed = wordToComplete.Trim('\'', '"');
        if ($"{fakeBoundParameters["Target"]}" is not { Length: > 0 } target)
            return [];
        string folder = typed[..(typed.LastIndexOf('/') + 1)];
        return from file in Question.Ask(fakeBoundParameters, (control, stopping) => ListAsync(new FileClient(control), target, $"{fakeBoundParameters["Service"]}", folder, stopping))
               let name = file.Path[(file.Path.LastIndexOf('/') + 1)..]
               let result = Completion.Offer(typed, folder + name + (file.Kind == FileKind.Directory ? "/" : ""), file.Permissions)
               where result is not null
               select result;
    }

    private static async Task<IReadOnlyList<FileListing>> ListAsync(FileClient client, string text, string service, string folder, CancellationToken stopping)
    {
        var target = FileTarget.IsFar(text) ? FileTarget.Parse(text) : new FileTarget(AddressPath.Parse(text));
        if (target.Address.Service is null && service.Length > 0)
            target = target with { Address = target.Address.WithService(service) };
        var files = new List<FileListing>();
        await foreach (var file in client.ListAsync(target.Below(folder), cancellationToken: stopping).ConfigureAwait(false))
        {
            if (files.Count == MaxOffered)
                break;
            files.Add(file);
        }
        return files;
    }
}
