using Pnet.Addressing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>A channel to a far service joined to a transport at this end.</summary>
internal sealed class Tunnel : IAttachedTunnel
{
    private readonly AddressPath _address;
    private readonly ITransport _far;
    private readonly ITransport _near;
    private readonly SpliceCounters _counters = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<int?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private TunnelState _state;
    private int? _exitStatus;
    private string? _error;

    public Tunnel(int id, AddressPath address, ITransport far, ITransport near)
    {
        Id = id;
        _address = address;
        _far = far;
        _near = near;
    }

    public int Id { get; }

    public Task<int?> Completion => _completion.Task;

    TunnelInfo IAttachedTunnel.Tunnel => Info;

    public TunnelInfo Info => new()
    {
        Id = Id,
        Address = _address.ToString(),
        Transport = _near.Description,
        State = _state,
        StartedAt = _startedAt,
        BytesSent = _counters.BytesFromB,
        BytesReceived = _counters.BytesFromA,
        ExitStatus = _exitStatus,
        Error = _error,
    };

    public void Start(Action<Tunnel> ended) => _ = RunAsync(ended);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await ((Task)_completion.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(Action<Tunnel> ended)
    {
        Exception? failure = null;
        try
        {
            var result = await Splice.RunAsync(_far, _near, _counters, _stop.Token).ConfigureAwait(false);
            _exitStatus = result.StatusA;
            _state = TunnelState.Ended;
        }
        catch (OperationCanceledException)
        {
            failure = new PnetException(PnetError.Closed, $"tunnel {Id} was removed");
        }
        catch (IOException e)
        {
            failure = e;
        }
        if (failure is not null)
        {
            _error = failure.Message;
            _state = TunnelState.Failed;
        }
        await _near.DisposeAsync().ConfigureAwait(false);
        await _far.DisposeAsync().ConfigureAwait(false);
        ended(this);
        if (failure is null)
            _completion.TrySetResult(_exitStatus);
        else
            _completion.TrySetException(failure);
        _ = _completion.Task.Exception;
    }
}
