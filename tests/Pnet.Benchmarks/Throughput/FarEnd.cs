using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Benchmarks.Throughput;

/// <summary>
/// The program at the far end of every tunnel: it echoes, or takes a stream and says when it has all of it.
/// It does as little as it can, so that the tunnel is what is measured.
/// </summary>
internal static class FarEnd
{
    /// <summary>The word that makes this executable the far end.</summary>
    public const string Command = "far";

    /// <summary>Serve TCP connections, one after the other; the port is the first line of the output.</summary>
    public const string Listen = "--listen";

    /// <summary>Whatever follows this byte, itself included, comes back: a <c>cat</c> does the same.</summary>
    public const byte Cat = (byte)'C';

    /// <summary>An 8-byte count follows, and that many bytes, which come back as they arrive.</summary>
    public const byte Echo = (byte)'E';

    /// <summary>An 8-byte count follows, and that many bytes; then the count comes back.</summary>
    public const byte Sink = (byte)'S';

    /// <summary>The size of a command with its count.</summary>
    public const int CommandSize = 9;

    /// <summary>What is read or written at once, in bytes: not below what any tunnel hands over.</summary>
    public const int BlockSize = 128 * 1024;

    private delegate int ReadCall(Span<byte> buffer);

    private delegate void WriteCall(ReadOnlySpan<byte> buffer);

    /// <summary>Serves standard input and output.</summary>
    public static void ServeStdio()
    {
        using var input = new SafeFileHandle(0, ownsHandle: false);
        using var output = new SafeFileHandle(1, ownsHandle: false);
        Serve(buffer => RawFile.Read(input, buffer), buffer => RawFile.Write(output, buffer));
    }

    /// <summary>Serves connections to a free loopback port until it is killed.</summary>
    public static void ServeTcp()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Console.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port);
        while (true)
        {
            using var socket = listener.Accept();
            socket.NoDelay = true;
            try
            {
                Serve(buffer => socket.Receive(buffer), buffer => socket.Send(buffer));
            }
            catch (SocketException)
            {
                // A tunnel that is torn down resets its connection; the next one is served all the same.
            }
        }
    }

    private static void Serve(ReadCall read, WriteCall write)
    {
        var block = new byte[BlockSize];
        while (read(block.AsSpan(0, 1)) > 0)
        {
            if (block[0] == Cat)
            {
                int count = 1;
                do
                    write(block.AsSpan(0, count));
                while ((count = read(block)) > 0);
                return;
            }

            bool echo = block[0] == Echo;
            for (int got = 1; got < CommandSize;)
                got += NotZero(read(block.AsSpan(got, CommandSize - got)));
            long size = BinaryPrimitives.ReadInt64BigEndian(block.AsSpan(1));
            for (long left = size; left > 0;)
            {
                int count = NotZero(read(block.AsSpan(0, (int)Math.Min(left, block.Length))));
                if (echo)
                    write(block.AsSpan(0, count));
                left -= count;
            }

            if (!echo)
            {
                BinaryPrimitives.WriteInt64BigEndian(block, size);
                write(block.AsSpan(0, sizeof(long)));
            }
        }
    }

    private static int NotZero(int count) => count > 0 ? count : throw new EndOfStreamException("the stream ended early");
}
