using System.Runtime.CompilerServices;

namespace Pnet.Transports;

/// <summary>The standard input and output of this process, whatever they are: pipes, a socket, a terminal, files.</summary>
/// <remarks>
/// On Linux nothing blocks and nothing is copied in between: bytes go from the pipe to the caller's buffer. The flags of
/// descriptors that other processes share are left alone. Disposing it closes both.
/// </remarks>
public sealed class StdioTransport : ITransport
{
    private readonly Descriptor _in;
    private readonly Descriptor _out;

    internal StdioTransport(int input, int output, string description = "-")
    {
        Description = description;
        _in = new Descriptor(input, output: false);
        try
        {
            _out = new Descriptor(output, output: true);
        }
        catch
        {
            _in.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>Whether this process was started with a standard descriptor open: 0 is input, 1 output, 2 error.</summary>
    /// <remarks>
    /// One that was closed (<c>&lt;&amp;-</c>) has a file or a pipe of the runtime's own by now: to read it is to wait for ever, and to write it does harm. It
    /// is known by its flags: the runtime marks all it opens as not to be passed to programs, and what is marked so was never passed to this one.
    /// </remarks>
    public static bool IsOpen(int descriptor) => !OperatingSystem.IsLinux() || Libc.Control(descriptor, Libc.GetDescriptorFlags, 0) == 0;

    /// <summary>Takes over standard input and output. A process does so once, and leaves <see cref="Console"/> alone from then on.</summary>
    /// <exception cref="IOException">One of them isn't open.</exception>
    public static ITransport Open()
    {
        foreach (var (descriptor, name) in (ReadOnlySpan<(int, string)>)[(0, "input"), (1, "output")])
            if (!IsOpen(descriptor))
                throw new PnetException(PnetError.Failed, $"standard {name} is closed", "Redirect it; /dev/null will do where there is nothing to carry.");
        return OperatingSystem.IsLinux()
            ? new StdioTransport(0, 1)
            : new StreamTransport(Console.OpenStandardInput(), Console.OpenStandardOutput(), "-");
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (buffer.IsEmpty)
            {
                if (_in.IsReadable())
                    return 0;
            }
            else
            {
                int count = _in.TryRead(buffer.Span);
                if (count >= 0)
                    return count;
                if (count < -1)
                    throw Failure("reading standard input", -count);
            }

            await _in.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_out.MayBlock)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!buffer.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = _out.TryWrite(buffer.Span);
            if (count < -1)
                throw Failure("writing standard output", -count);
            if (count >= 0)
                buffer = buffer[count..];
            else
                await _out.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default)
    {
        _out.EndWriting();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _in.Dispose();
        _out.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IOException Failure(string what, int errno) => new($"{what} failed: {Libc.Describe(errno)}", errno);
}
