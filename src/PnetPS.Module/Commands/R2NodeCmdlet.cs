using System.Management.Automation;
using Pnet;
using Pnet.Control;
using PnetPS.Arguments;
using PnetPS.Hosting;

namespace PnetPS.Commands;

/// <summary>What the cmdlets share that ask a node something.</summary>
public abstract class R2NodeCmdlet : R2Cmdlet
{
    /// <summary>
    /// The node to ask: an object, or the name or id of a node of this process. Without it and <see cref="SocketPath"/>,
    /// the only node of this process is asked, or else the daemon at the default socket.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public virtual NodeArgument? Node { get; set; }

    /// <summary>The manager socket of the daemon to ask.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SocketPathCompleter))]
    public string? SocketPath { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Node?.ToString() ?? SocketPath;

    /// <summary>Finds the node to ask.</summary>
    /// <exception cref="PnetException">There is none, or it isn't clear which.</exception>
    private protected R2Node ResolveNode() => SocketPath is not null && Node is null
        ? ResolveDaemon(SocketPath)
        : ResolveNode(Node);

    /// <summary>Finds a node that was named.</summary>
    private protected R2Node ResolveNode(NodeArgument? node)
    {
        if (node is not null && SocketPath is not null && node.Node?.SocketPath != FullPath(SocketPath))
            throw new PnetException(PnetError.Usage, "-Node and -SocketPath name two nodes", "Give one of them.");
        if (node is not null)
            return node.ToNode();
        return Await(ModuleState.Nodes.GetDefaultAsync);
    }

    /// <summary>Asks a node.</summary>
    private protected T Ask<T>(R2Node node, Func<INodeControl, CancellationToken, Task<T>> question, string? activity = null)
    {
        try
        {
            return Await(stopping => question(node.Control, stopping), activity);
        }
        catch (PnetException exception) when (Explain(node, exception) is var explained && explained != exception)
        {
            throw explained;
        }
    }

    /// <summary>Says what a node says of script blocks so that the user knows which are meant.</summary>
    private protected static Exception Explain(R2Node node, Exception failure) =>
        failure is PnetException known && node.Explain(known.Message) is var message && message != known.Message
            ? new PnetException(known.Error, message, known.Action, known)
            : failure;

    /// <inheritdoc cref="Ask{T}"/>
    private protected void Ask(R2Node node, Func<INodeControl, CancellationToken, Task> question, string? activity = null) =>
        Ask(
            node,
            async (control, stopping) =>
            {
                await question(control, stopping).ConfigureAwait(false);
                return true;
            },
            activity);

    /// <summary>Writes what names and wildcards pick, or all where none is given; a name that picks nothing is an error about it.</summary>
    /// <param name="items">What there is.</param>
    /// <param name="names">The names.</param>
    /// <param name="matches">Whether a name picks an item.</param>
    /// <param name="missing">Says that there is nothing of a name.</param>
    /// <param name="maker">The cmdlet that makes such items, for advice.</param>
    private protected void WriteNamed<T>(
        IReadOnlyList<T> items, string[] names, Func<T, NamePattern, bool> matches, Func<string, string> missing, string maker)
    {
        if (names.Length == 0)
            WriteObject(items, enumerateCollection: true);
        foreach (var name in names)
            Try(() => WriteNamed(name), name);

        void WriteNamed(string name)
        {
            var pattern = new NamePattern(name);
            var found = items.Where(item => matches(item, pattern)).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                throw new PnetException(PnetError.NotFound, missing(name), items.Count == 0 ? $"There are none; {maker} makes one." : $"There are: {string.Join(", ", items)}.");
            WriteObject(found, enumerateCollection: true);
        }
    }
}
