using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Benchmarks.Throughput;

/// <summary>A tunnel's near end: the program whose standard input and output are the stream, and what is asked of it.</summary>
internal sealed class NearEnd : IDisposable
{
    private readonly OwnedProcess _process;
    private readonly SafeFileHandle _input;
    private readonly SafeFileHandle _output;
    private readonly long _started;

    private NearEnd(OwnedProcess process, SafeFileHandle input, SafeFileHandle output, long started) =>
        (_process, _input, _output, _started) = (process, input, output, started);

    /// <summary>The program.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts the program between two named pipes: the plain pipes of a shell's pipeline, with nothing of .NET in between.</summary>
    public static NearEnd Start(Scratch scratch, string command)
    {
        string input = scratch.NewPipe();
        string output = scratch.NewPipe();
        long started = Stopwatch.GetTimestamp();
        var process = OwnedProcess.Start(scratch, $"exec {command} <{input} >{output}", "near");

        // In the order in which the shell opens them: opening a named pipe waits for the other end.
        var writer = File.OpenHandle(input, FileMode.Open, FileAccess.Write);
        var reader = File.OpenHandle(output, FileMode.Open, FileAccess.Read);
        return new NearEnd(process, writer, reader, started);
    }

    /// <summary>The time from the start of the program to the first byte that comes back from a <c>cat</c>.</summary>
    public TimeSpan FirstByte()
    {
        byte[] one = [FarEnd.Cat];
        RawFile.Write(_input, one);
        Fill(one);
        return Stopwatch.GetElapsedTime(_started);
    }

    /// <summary>Sends small messages and waits for each to come back.</summary>
    /// <returns>The round trips in ascending order.</returns>
    public TimeSpan[] PingPong(int rounds, int size)
    {
        var message = new byte[size];
        Ask(FarEnd.Echo, (long)rounds * size);
        var times = new TimeSpan[rounds];
        for (int i = 0; i < rounds; i++)
        {
            long sent = Stopwatch.GetTimestamp();
            RawFile.Write(_input, message);
            Fill(message);
            times[i] = Stopwatch.GetElapsedTime(sent);
        }

        Array.Sort(times);
        return times;
    }

    /// <summary>Sends a stream and waits until the far end says that it has all of it.</summary>
    public TimeSpan Stream(long size)
    {
        var block = new byte[FarEnd.BlockSize];
        Random.Shared.NextBytes(block);
        long started = Stopwatch.GetTimestamp();
        Ask(FarEnd.Sink, size);
        for (long left = size; left > 0;)
        {
            int count = (int)Math.Min(left, block.Length);
            RawFile.Write(_input, block.AsSpan(0, count));
            left -= count;
        }

        var answer = new byte[sizeof(long)];
        Fill(answer);
        if (BinaryPrimitives.ReadInt64BigEndian(answer) != size)
            throw new IOException("the far end took another number of bytes");
        return Stopwatch.GetElapsedTime(started);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        _process.Dispose();
    }

    private void Ask(byte command, long count)
    {
        var bytes = new byte[FarEnd.CommandSize];
        bytes[0] = command;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), count);
        RawFile.Write(_input, bytes);
    }

    private void Fill(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = RawFile.Read(_output, buffer);
            if (count == 0)
                throw new EndOfStreamException($"the tunnel ended early. {_process.Tail()}");
            buffer = buffer[count..];
        }
    }
}
