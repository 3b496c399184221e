using System.Collections;
using System.Management.Automation;
using System.Text.Json.Nodes;
using Pnet;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Commands;
using PnetPS.Arguments;
using PnetPS.Blocks;
using PnetPS.Calls;
using CommandInfo = Pnet.Services.Commands.CommandInfo;

namespace PnetPS.Commands;

/// <summary>Has a node offer a script block as a command.</summary>
[Cmdlet(VerbsLifecycle.Register, "R2Command", SupportsShouldProcess = true)]
[OutputType(typeof(R2Command))]
public sealed class RegisterR2CommandCommand : R2OfferCmdlet
{
    /// <summary>The command's name: 1 to 59 letters, digits, <c>.</c>, <c>_</c>, <c>-</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>What is run for each call, in a runspace of its own.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>What it does, for those who list commands; without it, what the block's comment-based help says.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Help { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var source = TakeBlock(ScriptBlock!);
        var info = CommandSignature.Of(Name, source, Help);
        if (!ShouldProcess($"{Name} at {node}: {source.Description}", "Register command"))
            return;

        var block = new CommandBlock(source, node.Journal);
        var offer = Ask(node, (control, stopping) => OfferAsync(node, control, info, block, stopping), $"Registering {Name}");
        block.Prepare();
        node.Keep(new Kept(offer, block), offer.Completion);
        WriteObject(new R2Command(node, info));
    }

    private async Task<IAttachedService> OfferAsync(R2Node node, INodeControl control, CommandInfo info, CommandBlock block, CancellationToken cancellationToken)
    {
        try
        {
            return await control.RegisterCommandAsync(info, block.RunAsync, Allowed, cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException exception) when (exception.Error == PnetError.AlreadyExists)
        {
            throw new PnetException(PnetError.AlreadyExists, $"{node} has a command '{info.Name}' already", "Give another name (-Name), or end the other one: Unregister-R2Command.", exception);
        }
    }

    private sealed class Kept(IAttachedService offer, CommandBlock block) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await offer.DisposeAsync().ConfigureAwait(false);
            block.Dispose();
        }
    }
}

/// <summary>Has a node offer commands no longer; calls that run go on.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "R2Command", SupportsShouldProcess = true)]
public sealed class UnregisterR2CommandCommand : R2WithdrawCmdlet
{
    /// <summary>The commands' names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CommandCompleter))]
    public override string[] Name { get; set; } = [];

    private protected override string Kind => "command";

    private protected override async Task RemoveAsync(R2Node node, INodeControl control, string name, CancellationToken cancellationToken)
    {
        try
        {
            await control.RemoveServiceAsync(CommandInfo.ServiceOf(name), cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException exception) when (exception.Error == PnetError.NotFound)
        {
            throw new PnetException(PnetError.NotFound, $"{node} has no command '{name}' that was registered", "Get-R2Command lists them; get_funcs and get_peers are always there.", exception);
        }
    }
}

/// <summary>Gets the commands that a node can be asked for.</summary>
[Cmdlet(VerbsCommon.Get, "R2Command")]
[OutputType(typeof(R2Command))]
public sealed class GetR2CommandCommand : R2FarQueryCmdlet
{
    /// <summary>Names, with wildcards; without it, all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CommandCompleter))]
    public string[] Name { get; set; } = [];

    private protected override void Query(R2Node node, AddressPath target, string asked)
    {
        var commands = Ask(node, (control, stopping) => new CommandClient(control).GetCommandsAsync(target, stopping), $"Asking {asked} for its commands");
        var found = commands.Select(command => new R2Command(node, command, target)).ToList();
        WriteNamed(found, Name, (command, pattern) => pattern.IsMatch(command.Name), name => $"{asked} has no command '{name}'", "Register-R2Command");
    }
}

/// <summary>Calls a command of nodes, and hands on the results as they come.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "R2Command")]
[OutputType(typeof(PSObject), typeof(Job))]
public sealed class InvokeR2CommandCommand : R2NodeCmdlet
{
    // What the pipeline brings is called together, so that -ThrottleLimit and -AsJob mean all of it.
    private readonly List<(R2Node Node, string Name, List<AddressArgument> Targets)> _calls = [];
    private bool _targetIsGiven;

    /// <summary>The nodes: paths such as <c>bob/carol</c>, peers, nodes, or <c>*</c> for all known nodes with a link.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument[]? Target { get; set; }

    /// <summary>A peer that is asked, as <c>Get-R2Peer</c> gives it, whose own <c>Target</c> is another thing.</summary>
    [Parameter(ValueFromPipeline = true)]
    public R2Peer? Peer { get; set; }

    /// <summary>The command.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CommandCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Arguments by position.</summary>
    [Parameter(ValueFromRemainingArguments = true)]
    [Alias("Args")]
    [AllowNull]
    public object?[] ArgumentList { get; set; } = [];

    /// <summary>Arguments by name.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Parameters { get; set; } = new Hashtable();

    /// <summary>The most nodes that are asked at a time; 32 unless said otherwise.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>How long a node may take before its command is cancelled: seconds, or as in <c>500ms</c>; any time unless said otherwise.</summary>
    [Parameter]
    [Alias("TimeoutSeconds")]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Calls in the background, and gives the job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Describe(Asked);

    private AddressArgument[] Asked => Peer is not null ? [new AddressArgument(Peer)] : Target ?? [];

    /// <inheritdoc/>
    protected override void Begin() => _targetIsGiven = MyInvocation.BoundParameters.ContainsKey(nameof(Target));

    /// <inheritdoc/>
    protected override void Process()
    {
        if (_targetIsGiven && Peer is not null && MyInvocation.ExpectingInput)
            throw new PnetException(PnetError.Usage, $"the peer {Peer} is piped, and -Target is given as well", "Give one of them.");
        if (Asked.Length == 0 || Asked.Contains(null))
            throw new PnetException(PnetError.Usage, "a node to call is nothing", "Name nodes with -Target: bob, bob/carol, *.");
        var node = ResolveNode();
        _ = CommandInfo.ServiceOf(Name);
        if (_calls.Find(call => call.Node == node && call.Name == Name).Targets is not { } targets)
            _calls.Add((node, Name, targets = []));
        targets.AddRange(Asked);
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        foreach (var (node, name, targets) in _calls)
            Try(() => Call(node, name, targets), Describe(targets));
    }

    private static string Describe(IEnumerable<AddressArgument> targets) => string.Join(", ", targets.Select(target => target?.DisplayName));

    private void Call(R2Node node, string name, IReadOnlyList<AddressArgument> asked)
    {
        var request = new CommandRequest
        {
            Arguments = Array.ConvertAll(ArgumentList ?? [], Pack),
            Parameters = Parameters.Keys.Cast<object>().ToDictionary(LanguagePrimitives.ConvertTo<string>, key => Pack(Parameters[key]), StringComparer.OrdinalIgnoreCase),
        };
        var targets = Await(stopping => Targets.ResolveAsync(node, asked, stopping));
        WriteVerbose($"{node} calls {name} at {string.Join(", ", targets.Select(target => target.Name))}");
        var calls = new FanOut(node.Control, name, request, ThrottleLimit, Timeout);
        if (AsJob)
        {
            var job = R2Job.Start(MyInvocation.Line.Trim(), string.Join(", ", targets.Select(target => target.Name)), stopping => calls.InvokeAsync(targets, stopping));
            JobRepository.Add(job);
            WriteObject(job);
            return;
        }

        foreach (var one in Await(stopping => calls.InvokeAsync(targets, stopping)))
        {
            if (one.Error is not null)
                WriteError(one.Error);
            else
                WriteObject(one.Result);
        }
    }

    private static JsonNode? Pack(object? value)
    {
        try
        {
            return JsonValues.ToJson(value);
        }
        catch (CommandException exception)
        {
            throw new PnetException(PnetError.Usage, $"an argument has no JSON: {exception.Message.Replace("the result", "it", StringComparison.Ordinal)}", "Pass plain data: text, numbers, hashtables, arrays.", exception);
        }
    }
}
