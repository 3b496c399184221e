using Pnet.Addressing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>One channel to a far service joined to one transport at this end.</summary>
internal sealed class JoinedTunnel(int id, AddressPath address, ITransport far, ITransport near) : Tunnel(id, address)
{
    private readonly SpliceCounters _counters = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<int?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TunnelState _state;
    private int? _exitStatus;
    private string? _error;

    public override Task<int?> Completion => _completion.Task;

    public override TunnelInfo Info => Describe(TunnelKind.Joined, near.Description, _state) with
    {
        Active = _state == TunnelState.Open ? 1 : 0,
        Connections = 1,
        BytesSent = _counters.BytesFromB,
        BytesReceived = _counters.BytesFromA,
        ExitStatus = _exitStatus,
        Error = _error,
    };

    public void Start(Action<Tunnel> ended) => _ = RunAsync(ended);

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await ((Task)_completion.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(Action<Tunnel> ended)
    {
        Exception? failure = null;
        int? status = null;
        try
        {
            status = (await Splice.RunAsync(far, near, _counters, _stop.Token).ConfigureAwait(false)).StatusA;
            if (near is ProcessTransport program)
                await program.FinishAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            failure = new PnetException(PnetError.Closed, $"tunnel {Id} was removed");
        }
        catch (IOException e)
        {
            failure = e;
        }
        // It has not ended before a program at the near end has dealt with what it was given.
        await near.DisposeAsync().ConfigureAwait(false);
        await far.DisposeAsync().ConfigureAwait(false);
        (_exitStatus, _error) = (status, failure?.Message);
        _state = failure is null ? TunnelState.Ended : TunnelState.Failed;
        ended(this);
        if (failure is null)
            _completion.TrySetResult(_exitStatus);
        else
            _completion.TrySetException(failure);
        _ = _completion.Task.Exception;
    }
}
