using System.Diagnostics;
using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Routing;

/// <summary>
/// A link that this node's owner asked for: its transport is opened again, with backoff, whenever the link is lost,
/// until <see cref="DisposeAsync"/>.
/// </summary>
public sealed class WantedLink : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<ITransport>> _dial;
    private readonly Router _router;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Neighbour> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<WantedLink, Exception> _failed;
    private Task _running = Task.CompletedTask;

    internal WantedLink(string transport, AttachOptions options, bool reconnect, bool background, Router router,
        Func<CancellationToken, Task<ITransport>> dial, Action<WantedLink, Exception> failed)
    {
        Transport = transport;
        Options = options;
        Reconnect = reconnect;
        Background = background;
        _router = router;
        _dial = dial;
        _failed = failed;
    }

    /// <summary>What is opened: a URI or a command line.</summary>
    public string Transport { get; }

    /// <summary>How the link is made.</summary>
    public AttachOptions Options { get; }

    /// <summary>Whether it is opened again when it is lost.</summary>
    public bool Reconnect { get; }

    /// <summary>Whether it goes on trying when the first attempt fails.</summary>
    public bool Background { get; }

    /// <summary>How far it has got.</summary>
    public WantedLinkState State { get; private set; }

    /// <summary>The link, while it is up.</summary>
    public Neighbour? Neighbour { get; private set; }

    /// <summary>The node it led to last, with the name that one gave itself: it is meant also while the link is down.</summary>
    public (NodeId Id, string? Name)? LastNode { get; private set; }

    /// <summary>Why the last attempt failed.</summary>
    public PnetException? Error { get; private set; }

    /// <summary>The link once it is up for the first time; fails with the first attempt unless <see cref="Background"/>.</summary>
    public Task<Neighbour> FirstLink => _first.Task;

    /// <summary>Stops trying, closes the link where it is up, and waits for that.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    // Not on the caller's thread, which may hold a lock: dialling may start a process.
    internal void Start() => _running = Task.Run(RunAsync);

    private async Task RunAsync()
    {
        var backoff = new Backoff();
        try
        {
            while (true)
            {
                if (await TryOnceAsync().ConfigureAwait(false) is { } held)
                    backoff.Held(held);
                else if (!_first.Task.IsCompleted && !Background)
                    break;
                if (!Reconnect)
                    break;
                State = WantedLinkState.Reconnecting;
                await Task.Delay(backoff.Next(), _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        State = WantedLinkState.Stopped;
        _first.TrySetException(Error ?? new PnetException(PnetError.Closed, $"{Transport}: disconnected before the link was up"));
        // Whoever asked in the background need not look.
        _ = _first.Task.Exception;
    }

    // Returns how long the link was up, or null where it did not come up.
    private async Task<TimeSpan?> TryOnceAsync()
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var transport = await OpenAsync().ConfigureAwait(false);
            // The transport and the handshake share the time that was given.
            var options = Options.Timeout is null ? Options : Options with { Spent = Stopwatch.GetElapsedTime(began) };
            Neighbour = await _router.AttachAsync(transport, options, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // Whatever a transport throws is a failed attempt.
            Error = Describe(e);
            _failed(this, Error);
            return null;
        }
        Error = null;
        LastNode = (Neighbour.Id, Neighbour.Name);
        State = WantedLinkState.Up;
        _first.TrySetResult(Neighbour);
        var up = Stopwatch.GetTimestamp();
        using (_stop.Token.UnsafeRegister(static n => _ = ((Neighbour)n!).Link.CloseAsync(new Reason(ReasonCode.Closed, "disconnected")), Neighbour))
            Error = await Neighbour.Link.Completion.ConfigureAwait(false);
        await Neighbour.Removal.ConfigureAwait(false);
        Neighbour = null;
        _stop.Token.ThrowIfCancellationRequested();
        return Stopwatch.GetElapsedTime(up);
    }

    private async Task<ITransport> OpenAsync()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var limit = Options.Timeout ?? TimeSpan.FromSeconds(15);
        timeout.CancelAfter(limit);
        try
        {
            return await _dial(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            throw new PnetException(PnetError.TimedOut, $"no answer within {limit.TotalSeconds:0.#} s", "Check the address, and that the other node listens.");
        }
    }

    private PnetException Describe(Exception e) => e is PnetException p
        ? new PnetException(p.Error, $"{Transport}: {p.Message}", p.Action, p)
        : new PnetException(e is FormatException or NotSupportedException ? PnetError.Usage : PnetError.Unreachable, $"{Transport}: {e.Message}", null, e);
}
