using BenchmarkDotNet.Attributes;
using Pnet.Frames;

namespace Pnet.Benchmarks.Micro;

/// <summary>The frame codec: a record's plaintext filled with frames, and walked.</summary>
public class FrameBenchmarks
{
    private readonly byte[] _record = new byte[Wire.MaxRecordPlaintext];
    private byte[] _payload = [];
    private int _end;

    /// <summary>Bytes in each frame's payload.</summary>
    [Params(64, 1_400, 16 * 1024)]
    public int Payload { get; set; }

    /// <summary>Fills a record to be walked.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _payload = new byte[Payload];
        _end = Write();
    }

    /// <summary>Writes as many frames as a record holds.</summary>
    [Benchmark]
    public int Write()
    {
        int at = 0;
        while (at + Wire.FrameHeaderSize + _payload.Length <= _record.Length)
        {
            new FrameHeader(Operation.RouteTo, 1, _payload.Length).Write(_record.AsSpan(at));
            _payload.CopyTo(_record.AsSpan(at + Wire.FrameHeaderSize));
            at += Wire.FrameHeaderSize + _payload.Length;
        }

        return at;
    }

    /// <summary>Reads them in place.</summary>
    [Benchmark]
    public int Read()
    {
        var frames = new FrameReader(_record.AsSpan(0, _end));
        int total = 0;
        while (frames.MoveNext())
            total += frames.Payload.Length;
        return total;
    }
}
