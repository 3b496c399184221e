using Pnet.Transports;

namespace Pnet.Tests.Links;

/// <summary>A transport that does something to the bytes on their way.</summary>
internal class ChangedTransport(ITransport inner) : ITransport
{
    public string Description => inner.Description;

    public int? EndStatus => inner.EndStatus;

    public virtual ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public virtual ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => inner.EndAsync(status, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>Keeps a copy of all that is written.</summary>
internal sealed class RecordingTransport(ITransport inner) : ChangedTransport(inner)
{
    private readonly MemoryStream _written = new();

    public byte[] Written
    {
        get
        {
            lock (_written)
                return _written.ToArray();
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_written)
            _written.Write(buffer.Span);
        return base.WriteAsync(buffer, cancellationToken);
    }
}

/// <summary>Replaces what is written, as a terminal line does.</summary>
internal sealed class MangledTransport(ITransport inner, Func<byte, byte[]> change) : ChangedTransport(inner)
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.WriteAsync(buffer.ToArray().SelectMany(change).ToArray(), cancellationToken);
}

/// <summary>Carries one byte at a time both ways.</summary>
internal sealed class DribblingTransport(ITransport inner) : ChangedTransport(inner)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < buffer.Length; i++)
            await base.WriteAsync(buffer.Slice(i, 1), cancellationToken);
    }
}

/// <summary>Changes, or ends the direction instead of, the byte at one place of all that is written.</summary>
internal sealed class SpoiltTransport(ITransport inner, int at, byte flip) : ChangedTransport(inner)
{
    private int _written;

    /// <summary>Whether the place was reached.</summary>
    public bool Spoilt { get; private set; }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = buffer.ToArray();
        var index = at - _written;
        _written += bytes.Length;
        if (index >= 0 && index < bytes.Length)
        {
            Spoilt = true;
            if (flip == 0)
            {
                await base.WriteAsync(bytes.AsMemory(0, index), cancellationToken);
                await EndAsync(cancellationToken: cancellationToken);
                return;
            }
            bytes[index] ^= flip;
        }
        else if (Spoilt && flip == 0)
        {
            return;
        }
        await base.WriteAsync(bytes, cancellationToken);
    }
}

/// <summary>Takes nothing from a moment on, until it is let go.</summary>
internal sealed class StoppedTransport(ITransport inner) : ChangedTransport(inner)
{
    private volatile TaskCompletionSource? _stopped;

    public void Stop() => _stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => _stopped?.TrySetResult();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_stopped is { } stopped)
            await stopped.Task;
        await base.WriteAsync(buffer, cancellationToken);
    }
}

/// <summary>From a moment on nothing can be written, and what has come is read only after that was tried.</summary>
internal sealed class BrokenTransport(ITransport inner) : ChangedTransport(inner)
{
    private TaskCompletionSource? _tried;

    public void Break() => Volatile.Write(ref _tried, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _tried) is { } before)
            await before.Task.WaitAsync(cancellationToken);
        var count = await base.ReadAsync(buffer, cancellationToken);
        if (Volatile.Read(ref _tried) is { } after)
            await after.Task.WaitAsync(cancellationToken);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _tried) is not { } tried)
            return base.WriteAsync(buffer, cancellationToken);
        tried.TrySetResult();
        throw new IOException("the other end has closed it");
    }
}
