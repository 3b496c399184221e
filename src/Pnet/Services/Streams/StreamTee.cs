using System.Diagnostics;
using System.Globalization;
using Pnet.Addressing;

namespace Pnet.Services.Streams;

/// <summary>
/// One input for services of any number of nodes: each gets all of it, and its output is read by itself. Nothing is kept beyond a
/// fixed measure for each (256 KiB), so the slowest service that still reads sets the pace; one that has ended or failed holds nobody up.
/// </summary>
/// <remarks>One caller at a time adds services, writes, or ends the input.</remarks>
/// <param name="stall">How long a service may hold up the others before it is cut; see <see cref="StreamOptions.Stall"/>.</param>
public sealed class StreamTee(TimeSpan? stall = null)
{
    // A pipe takes all of one write before it looks at its threshold.
    private const int PieceSize = 32 * 1024;

    private readonly List<StreamCall> _calls = [];
    private readonly List<(StreamCall Call, Task<bool> Writing)> _waiting = [];

    /// <summary>Opens a service, in the background, and gives it all that is written from now on.</summary>
    /// <param name="node">The node to open it from.</param>
    /// <param name="target">The service.</param>
    /// <param name="read">Reads its output, while the input is written; where it leaves some, the service is cut.</param>
    /// <param name="cancellationToken">Cuts it.</param>
    /// <returns>How it ended. Failures of <paramref name="read"/> that aren't an <see cref="IOException"/> are thrown.</returns>
    /// <exception cref="OperationCanceledException">It was cut by the token.</exception>
    public Task<StreamResult<T>> InvokeAsync<T>(
        IServiceOpener node, AddressPath target, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(read);
        var call = new StreamCall(node, target);
        _calls.Add(call);
        return call.RunAsync(read, cancellationToken);
    }

    /// <summary>Gives some bytes to each service; waits while too many wait for one of them.</summary>
    /// <returns>Whether any service still reads; where none does, nobody needs the rest of the input.</returns>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        while (!bytes.IsEmpty && _calls.Count > 0)
        {
            await WritePieceAsync(bytes[..Math.Min(bytes.Length, PieceSize)], cancellationToken).ConfigureAwait(false);
            bytes = bytes[Math.Min(bytes.Length, PieceSize)..];
        }

        return _calls.Count > 0;
    }

    /// <summary>Ends the input: each service reads its end.</summary>
    public void End()
    {
        foreach (var call in _calls)
            call.End();
        _calls.Clear();
    }

    /// <summary>Gives the services all that a stream has, as long as one of them reads, and ends their input.</summary>
    /// <exception cref="IOException">The stream can't be read; the services don't get an end then.</exception>
    public async Task CopyFromAsync(Stream input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        var buffer = new byte[2 * PieceSize];
        while (await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (!await WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false))
                return;
        }
        End();
    }

    // All get the piece before one is waited for, so that none waits for another longer than it must.
    private async ValueTask WritePieceAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        _waiting.Clear();
        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            var writing = _calls[i].WriteAsync(piece, cancellationToken);
            if (!writing.IsCompletedSuccessfully)
                _waiting.Add((_calls[i], writing.AsTask()));
            else if (!writing.Result)
                _calls.RemoveAt(i);
        }

        var start = Stopwatch.GetTimestamp();
        foreach (var (call, writing) in _waiting)
        {
            if (!await WaitAsync(call, writing, start).ConfigureAwait(false))
                _calls.Remove(call);
        }
    }

    private async Task<bool> WaitAsync(StreamCall call, Task<bool> writing, long start)
    {
        if (stall is not { } most)
            return await writing.ConfigureAwait(false);
        var left = most - Stopwatch.GetElapsedTime(start);
        try
        {
            return await writing.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var held = string.Create(CultureInfo.InvariantCulture, $"{call.Target} took no input for {most.TotalSeconds:0.###} s, and was cut");
            call.Drop(new PnetException(PnetError.TimedOut, held, "Allow it to hold up the others for longer."));
            return false;
        }
    }
}
