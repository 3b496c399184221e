using System.Management.Automation;
using Pnet;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Streams;
using PnetPS.Arguments;
using PnetPS.Calls;
using PnetPS.Hosting;

namespace PnetPS.Commands;

/// <summary>Uses a service of another node like a command: the pipeline is its input, and what comes back goes on through the pipeline.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "R2Service", SupportsShouldProcess = true)]
[OutputType(typeof(string), typeof(byte[]))]
public sealed class InvokeR2ServiceCommand : R2NodeCmdlet
{
    /// <summary>The note property that tells where an object came from, where it may be one of several nodes.</summary>
    private const string OriginProperty = "R2Address";

    private readonly List<Task> _running = [];
    private StreamTee _tee = new();
    private CancellationTokenSource? _bound;
    private bool _targetsArePiped;
    private bool _hasInput;

    /// <summary>
    /// The service: a path such as <c>bob/carol/service:time</c>, a peer or a node; its tunnel process where no service is named.
    /// With several, each gets all of the input; <c>*</c> is every known node with a link.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument[] Address { get; set; } = [];

    /// <summary>The service's name, where the address names a node only.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FarServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>What the service reads: <c>byte[]</c> and <c>byte</c> as they are, anything else as UTF-8 lines.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    public PSObject? InputObject { get; set; }

    /// <summary>Hands bytes on, as many at a time as arrive, instead of lines.</summary>
    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>Hands everything on at the end, as one string, or one <c>byte[]</c> with <see cref="AsByteStream"/>.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>How long the service may take in all, its input included: seconds, or as in <c>500ms</c>.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// How long one of several services may take no input and so hold up the others, before it is cut: seconds, or as in <c>500ms</c>.
    /// </summary>
    [Parameter]
    [Duration]
    public TimeSpan? StallTimeout { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Address.Length == 1 ? Address[0].ToString() : null;

    /// <inheritdoc/>
    protected override void Begin()
    {
        // Where the pipeline brings the addresses it doesn't bring the input.
        _targetsArePiped = !MyInvocation.BoundParameters.ContainsKey(nameof(Address));
        _hasInput = MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)) || (MyInvocation.ExpectingInput && !_targetsArePiped);
        if (!_targetsArePiped)
            Start();
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (_targetsArePiped)
            Start();
        if (MyInvocation.ExpectingInput && _hasInput && !_targetsArePiped)
            Send(CallInput.ToBytes(InputObject));
        else if (_hasInput)
            SendAll(InputObject);

        if (_targetsArePiped)
            WaitForEnd();
    }

    /// <inheritdoc/>
    protected override void Finish() => WaitForEnd();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Cuts what is still open.
        base.Dispose(disposing);
        _bound?.Dispose();
    }

    private void Start()
    {
        _bound?.Dispose();
        _bound = Watch.Bound(Timeout, StopToken);
        _tee = new StreamTee(StallTimeout);
        foreach (var address in Address)
            Try(() => Start(address), address.ToString());
    }

    private void Start(AddressArgument argument)
    {
        // A peer is reached through the node that has it.
        var node = Node is null && SocketPath is null && argument.Peer is { } peer ? peer.Node : ResolveNode();
        IEnumerable<AddressPath> found = argument.ToString() == MessageTarget.All
            ? Ask(node, (control, stopping) => MessageTarget.ResolveAsync(control, [MessageTarget.All], stopping)).Select(one => one.Path)
            : [argument.ToPath(node)];
        foreach (var path in found)
        {
            var address = Service is null ? path : path.WithService(Service);
            if (ShouldProcess($"{address} through {node}", "Invoke service"))
                Start(node, address, isOneOfSeveral: _targetsArePiped || Address.Length > 1 || argument.ToString() == MessageTarget.All);
        }
    }

    private void Start(R2Node node, AddressPath address, bool isOneOfSeveral)
    {
        var origin = isOneOfSeveral ? address.ToString() : null;
        var output = new DecodedOutput(
            (Raw.IsPresent, AsByteStream.IsPresent) switch
            {
                (true, var bytes) => new WholeDecoder(bytes),
                (_, true) => new ChunkDecoder(),
                _ => new LineDecoder(),
            },
            items => PostAsync(() => Write(items, origin)));
        _running.Add(TellAsync(_tee.InvokeAsync(node.Control, address, output.ReadAsync, _bound!.Token), node, address, _bound.Token));
    }

    /// <summary>Whatever becomes of one service is told at once and leaves the others alone.</summary>
    private async Task TellAsync(Task<StreamResult<long>> ending, R2Node node, AddressPath address, CancellationToken bound)
    {
        Exception? failure = null;
        try
        {
            var result = await ending.ConfigureAwait(false);
            failure = result.Failure is { } why ? Explain(node, why) : null;
            if (result.Status is { } status and not 0)
                Post(() => WriteError(new ErrorRecord(new R2ExitException(address.ToString(), status), "ServiceFailed", ErrorCategory.FromStdErr, address.ToString())));
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            failure = new PnetException(PnetError.TimedOut, $"{address} did not end within {new R2Duration(Timeout ?? default)}", "Allow it more time with -Timeout.");
        }
        catch (Exception exception) when (Failure.IsExpected(exception))
        {
            failure = exception;
        }

        if (failure is not null)
            Post(() => WriteError(Failure.ToErrorRecord(failure, address.ToString())));
    }

    /// <summary>An argument is what a pipeline would make of it.</summary>
    private void SendAll(object? argument)
    {
        foreach (var item in CallInput.Enumerate(argument))
            Send(CallInput.ToBytes(item));
    }

    /// <summary>Each service gets all of it; the slowest holds the pipeline back. What comes back meanwhile is handed on.</summary>
    private void Send(byte[] bytes)
    {
        var writing = _tee.WriteAsync(bytes, StopToken);
        if (!writing.IsCompletedSuccessfully)
            Await(_ => writing.AsTask());
        RunPosted();
    }

    private void WaitForEnd()
    {
        _tee.End();
        if (_running.Count > 0)
            Await(_ => Task.WhenAll(_running), $"Invoking {string.Join(", ", Address.AsEnumerable())}");
        _running.Clear();
    }

    private void Write(IReadOnlyList<object> items, string? origin)
    {
        foreach (var item in items)
        {
            if (origin is null)
            {
                WriteObject(item);
                continue;
            }

            var tagged = new PSObject(item);
            tagged.Properties.Add(new PSNoteProperty(OriginProperty, origin));
            WriteObject(tagged);
        }
    }
}
