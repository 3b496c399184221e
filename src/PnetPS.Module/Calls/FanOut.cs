using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pnet;
using Pnet.Control;
using Pnet.Services;
using Pnet.Services.Commands;
using PnetPS.Blocks;
using PnetPS.Hosting;

namespace PnetPS.Calls;

/// <summary>Calls one command of several nodes, so many at a time, and hands on what comes as it comes.</summary>
internal sealed class FanOut(IServiceOpener node, string command, CommandRequest request, int throttle, TimeSpan? timeout)
{
    /// <summary>The property that says where a result is from.</summary>
    public const string NodeProperty = "Node";

    // What waits for the pipeline; beyond that the commands wait.
    private const int Waiting = 64;

    /// <summary>Calls all of them. What goes wrong with one is an error about it; leaving early cancels the others.</summary>
    public async IAsyncEnumerable<CallEvent> InvokeAsync(IReadOnlyList<MessageTarget> targets, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = Channel.CreateBounded<CallEvent>(Waiting);
        var calling = CallAllAsync(targets, events.Writer, stop.Token);
        try
        {
            await foreach (var one in events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return one;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await calling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CallAllAsync(IReadOnlyList<MessageTarget> targets, ChannelWriter<CallEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = throttle, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(targets, options, async (target, token) => await CallAsync(target, events, token).ConfigureAwait(false)).ConfigureAwait(false);
            events.TryComplete();
        }
        catch (Exception exception)
        {
            events.TryComplete(exception);
        }
    }

    private async Task CallAsync(MessageTarget target, ChannelWriter<CallEvent> events, CancellationToken cancellationToken)
    {
        using var bound = Watch.Bound(timeout, cancellationToken);
        ErrorRecord failure;
        try
        {
            await foreach (var reply in new CommandClient(node).InvokeAsync(target.Path, command, request, bound.Token).ConfigureAwait(false))
                await events.WriteAsync(reply.Error is null ? new CallEvent(Mark(JsonValues.FromJson(reply.Output), target.Name), null) : new CallEvent(null, ToRecord(target.Name, reply.Error)), bound.Token).ConfigureAwait(false);
            return;
        }
        catch (CommandException exception)
        {
            failure = ToRecord(target.Name, exception.Error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var late = string.Create(CultureInfo.InvariantCulture, $"{command} at {target.Name}: not done within {timeout!.Value.TotalSeconds:0.###} s, and cancelled there");
            failure = Failure.ToErrorRecord(new PnetException(PnetError.TimedOut, late, "-Timeout allows more time."), target.Name);
        }
        catch (PnetException exception)
        {
            failure = Failure.ToErrorRecord(new PnetException(exception.Error, $"{command} at {target.Name}: {exception.Message}", exception.Action, exception), target.Name);
        }

        await events.WriteAsync(new CallEvent(null, failure), cancellationToken).ConfigureAwait(false);
    }

    private static PSObject? Mark(object? result, string node)
    {
        if (result is null)
            return null;
        // A wrapper of this result's own: what is noted on a plain value is kept for a value, not for a place.
        var marked = result as PSObject ?? new PSObject(result);
        if (marked.Properties.Match(NodeProperty, PSMemberTypes.NoteProperty) is [var own])
        {
            var value = own.Value;
            marked.Properties.Remove(NodeProperty);
            marked.Properties.Add(new PSNoteProperty($"_{NodeProperty}", value));
        }

        marked.Properties.Add(new PSNoteProperty(NodeProperty, node));
        return marked;
    }

    private ErrorRecord ToRecord(string target, CommandError error)
    {
        var category = Enum.TryParse<ErrorCategory>(error.Category, out var parsed) && Enum.IsDefined(parsed) ? parsed : ErrorCategory.NotSpecified;
        var record = new ErrorRecord(new R2CommandException(target, command, error), error.Id ?? "CommandFailed", category, target);
        record.CategoryInfo.Reason = error.Type?.Split('.')[^1] ?? "";
        return Failure.Show(record);
    }
}
