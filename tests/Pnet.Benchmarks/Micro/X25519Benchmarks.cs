using BenchmarkDotNet.Attributes;
using Pnet.Crypto;

namespace Pnet.Benchmarks.Micro;

/// <summary>X25519: a handshake does three agreements and makes one key at each end.</summary>
public class X25519Benchmarks
{
    private readonly byte[] _private = new byte[X25519.Size];
    private readonly byte[] _public = new byte[X25519.Size];
    private readonly byte[] _result = new byte[X25519.Size];

    /// <summary>Makes a key.</summary>
    [GlobalSetup]
    public void MakeKey()
    {
        Random.Shared.NextBytes(_private);
        X25519.GetPublicKey(_private, _public);
    }

    /// <summary>Computes a public key.</summary>
    [Benchmark]
    public void PublicKey() => X25519.GetPublicKey(_private, _result);

    /// <summary>Computes a shared secret.</summary>
    [Benchmark]
    public bool Agree() => X25519.TryAgree(_private, _public, _result);
}
