using NSec.Cryptography;

namespace Pnet.Crypto;

/// <content>X25519 over NSec.Cryptography, which brings its own libsodium.</content>
internal static partial class X25519
{
    private static partial void MultiplyBase(ReadOnlySpan<byte> scalar, Span<byte> result)
    {
        using var key = Import(scalar);
        key.PublicKey.Export(KeyBlobFormat.RawPublicKey).CopyTo(result);
    }

    private static partial bool TryMultiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point, Span<byte> result)
    {
        // Noise derives its keys itself: the secret must come out as it is.
        var parameters = new SharedSecretCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
        using var key = Import(scalar);
        using var secret = PublicKey.TryImport(KeyAgreementAlgorithm.X25519, point, KeyBlobFormat.RawPublicKey, out var peer)
            ? KeyAgreementAlgorithm.X25519.Agree(key, peer!, parameters)
            : null;
        return secret is not null && secret.TryExport(SharedSecretBlobFormat.RawSharedSecret, result, out _);
    }

    private static Key Import(ReadOnlySpan<byte> scalar) =>
        Key.Import(KeyAgreementAlgorithm.X25519, scalar, KeyBlobFormat.RawPrivateKey);
}
