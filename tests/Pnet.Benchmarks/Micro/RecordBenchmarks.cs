using BenchmarkDotNet.Attributes;
using Pnet.Crypto;

namespace Pnet.Benchmarks.Micro;

/// <summary>Sealing and opening a record: ChaCha20-Poly1305 with the link's key and counter.</summary>
public class RecordBenchmarks : IDisposable
{
    private readonly CipherState _cipher = new(new byte[CipherState.KeySize]);
    private byte[] _plaintext = [];
    private byte[] _record = [];
    private byte[] _opened = [];

    /// <summary>Bytes in the record, without its tag.</summary>
    [Params(64, 1_400, 16 * 1024, 64 * 1024 - 16 - 1)]
    public int Size { get; set; }

    /// <summary>Seals a record to be opened.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _plaintext = new byte[Size];
        _opened = new byte[Size];
        _record = new byte[Size + CipherState.TagSize];
        Seal();
    }

    /// <summary>Seals a record.</summary>
    [Benchmark]
    public int Seal()
    {
        _cipher.Nonce = 0; // The same message again: nothing is given away.
        return _cipher.Encrypt([], _plaintext, _record);
    }

    /// <summary>Opens a record.</summary>
    [Benchmark]
    public bool Open()
    {
        _cipher.Nonce = 0;
        return _cipher.TryDecrypt([], _record, _opened) ? true : throw new InvalidOperationException("The record did not open.");
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _cipher.Dispose();
        GC.SuppressFinalize(this);
    }
}
