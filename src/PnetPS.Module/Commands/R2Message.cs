using System.Globalization;
using System.Management.Automation;
using Pnet;
using Pnet.Services.Messages;
using PnetPS.Arguments;
using PnetPS.Hosting;
using PnetPS.Messages;

namespace PnetPS.Commands;

/// <summary>Sends messages to nodes; done once they are in the inbox of each.</summary>
[Cmdlet(VerbsCommunications.Send, "R2Message", SupportsShouldProcess = true)]
[OutputType(typeof(R2Delivery))]
public sealed class SendR2MessageCommand : R2NodeCmdlet
{
    private List<Delivery>? _deliveries;
    private R2Node? _node;

    /// <summary>The nodes to send to: paths such as <c>bob/carol</c>, peers, nodes, or <c>*</c> for all known nodes with a link.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument[] Target { get; set; } = [];

    /// <summary>The node to send from: an object, or the name or id of a node of this process. What is piped are messages, and never this.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public override NodeArgument? Node { get; set; }

    /// <summary>What to send: text, an array of bytes, or any other object, which goes as CLIXML to nodes that accept objects.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowNull]
    [Alias("Message")]
    public object? InputObject { get; set; }

    /// <summary>The levels of an object's properties that are sent; 2 unless said otherwise.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int Depth { get; set; } = Clixml.DefaultDepth;

    /// <summary>How long to wait for a node to answer: seconds, or as in <c>500ms</c>; 30 seconds unless said otherwise.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override object? ErrorTarget => string.Join(", ", (object[])Target);

    /// <inheritdoc/>
    protected override void Process()
    {
        var message = Pack(InputObject);
        foreach (var delivery in (_deliveries ??= Open()).ToList())
        {
            var posting = delivery.PostAsync(message, StopToken);
            if (!posting.IsCompletedSuccessfully)
                Attempt(delivery, stopping => posting.WaitAsync(stopping));
            if (delivery.IsFull)
                Flush(delivery);
        }
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        foreach (var delivery in _deliveries?.ToList() ?? [])
        {
            Flush(delivery);
            if (_deliveries!.Contains(delivery))
                WriteObject(new R2Delivery(_node!, delivery.Target.Name, delivery.Delivered, delivery.Bytes, delivery.Elapsed));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var delivery in _deliveries ?? [])
            _ = delivery.DisposeAsync().AsTask();
        _deliveries = null;
        base.Dispose(disposing);
    }

    private Message Pack(object? input)
    {
        var value = input is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : input;
        var message = value switch
        {
            string text => Message.FromText(text),
            byte[] bytes => Message.FromBytes(bytes),
            _ => Message.FromClixml(Clixml.Write(input, Depth)),
        };
        if (message.Body.Length > Message.MaxSize)
            throw new PnetException(PnetError.Usage, $"a message of {message.Body.Length} bytes; {Message.MaxSize} (16 MiB) is the most", "Send it in parts, or through a service: Register-R2Service at that node, New-R2Tunnel here.");
        return message;
    }

    private List<Delivery> Open()
    {
        var node = _node = ResolveNode();
        var targets = Await(stopping => Targets.ResolveAsync(node, Target, stopping));
        _deliveries = [.. targets.Where(target => ShouldProcess($"{target.Name} from {node}", "Send messages")).Select(target => new Delivery(target))];
        // Those that take long don't hold up the others.
        var opening = _deliveries.ConvertAll(delivery => (delivery, Task: Task.Run(() => BoundAsync(bound => delivery.OpenAsync(node.Control, bound), StopToken))));
        foreach (var (delivery, task) in opening)
            Attempt(delivery, stopping => task.WaitAsync(stopping));
        return _deliveries;
    }

    private void Flush(Delivery delivery)
    {
        IReadOnlyList<MessageRefusal> refusals = [];
        if (!_deliveries!.Contains(delivery) || !Attempt(delivery, async stopping => refusals = await delivery.FlushAsync(stopping).ConfigureAwait(false)))
            return;
        foreach (var refusal in refusals)
            WriteError(Failure.ToErrorRecord(delivery.Explain(refusal), delivery.Target.Name));
    }

    /// <summary>Does something for a target, which is left out from then on when it fails.</summary>
    private bool Attempt(Delivery delivery, Func<CancellationToken, Task> work)
    {
        if (Try(() => Await(stopping => Named(delivery, BoundAsync(work, stopping)), $"Sending to {delivery.Target.Name}"), delivery.Target.Name))
            return true;
        _deliveries!.Remove(delivery);
        _ = delivery.DisposeAsync().AsTask();
        return false;
    }

    private async Task BoundAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        using var bound = Watch.Bound(Timeout, stopping);
        try
        {
            await work(bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new PnetException(PnetError.TimedOut, string.Create(CultureInfo.InvariantCulture, $"no answer within {Timeout.TotalSeconds:0.###} s"), "-Timeout allows more time.");
        }
    }

    private static async Task Named(Delivery delivery, Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (PnetException exception)
        {
            throw new PnetException(exception.Error, $"{delivery.Target.Name}: {exception.Message}", exception.Action, exception);
        }
    }
}

/// <summary>Reads the messages that came to a node.</summary>
[Cmdlet(VerbsCommunications.Receive, "R2Message")]
[OutputType(typeof(R2Message))]
public sealed class ReceiveR2MessageCommand : R2PipedNodeCmdlet
{
    private InboxReader? _reader;

    /// <summary>Goes on with messages that have not come yet, until there were <c>-Count</c>, the time is over, or Ctrl+C.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>The most messages; any number unless said otherwise.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>How long to wait in all: seconds, or as in <c>500ms</c>. With <c>-Count</c>, fewer messages by then are an error.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var wait = Wait || Timeout is not null;
        using var bound = Watch.Bound(Timeout, StopToken);
        var reader = _reader = Ask(node, (control, stopping) => InboxReader.OpenAsync(control, wait, Count, stopping), $"Opening the inbox of {node}");
        var got = 0;
        try
        {
            while (Await(reader.NextAsync(bound.Token)) is { } message)
            {
                got++;
                WriteObject(Unpack(node, message));
            }
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested && Count is null)
        {
            // The time is over; any number was asked for.
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            throw new PnetException(
                PnetError.TimedOut, string.Create(CultureInfo.InvariantCulture, $"{got} of {Count} messages came to {node} within {Timeout!.Value.TotalSeconds:0.###} s"), "-Timeout allows more time.");
        }
        finally
        {
            Close();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Close();
        base.Dispose(disposing);
    }

    private R2Message Unpack(R2Node node, ReceivedMessage message)
    {
        object? value = null;
        if (message.Kind == MessageKind.Clixml)
            Try(() => value = Await(_ => Clixml.ReadAsync(message.Text)), message.FromName ?? message.From.ToString());
        return new R2Message(node, message, message.Kind switch { MessageKind.Text => message.Text, MessageKind.Bytes => message.Body.ToArray(), _ => value });
    }

    // What was written is the pipeline's: it is acknowledged, however the pipeline ends.
    private void Close()
    {
        var reader = Interlocked.Exchange(ref _reader, null);
        if (reader is not null)
            Task.Run(() => reader.DisposeAsync().AsTask()).Wait(TimeSpan.FromSeconds(2));
    }
}
