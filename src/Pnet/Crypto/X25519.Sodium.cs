using System.Runtime.InteropServices;

namespace Pnet.Crypto;

/// <content>X25519 over the system's libsodium.</content>
/// <remarks>
/// The functions are looked up instead of imported by name: distributions give the library different names and
/// install the unversioned one only with the development files.
/// </remarks>
internal static unsafe partial class X25519
{
    private static readonly nint Library = Load();

    private static readonly delegate* unmanaged<byte*, byte*, int> MultiplyBaseFunction =
        (delegate* unmanaged<byte*, byte*, int>)Find("crypto_scalarmult_base");

    private static readonly delegate* unmanaged<byte*, byte*, byte*, int> MultiplyFunction =
        (delegate* unmanaged<byte*, byte*, byte*, int>)Find("crypto_scalarmult");

    private static partial void MultiplyBase(ReadOnlySpan<byte> scalar, Span<byte> result)
    {
        RequireLibrary();
        fixed (byte* r = result, s = scalar)
            _ = MultiplyBaseFunction(r, s); // Has no way to fail: the result is never zero.
    }

    private static partial bool TryMultiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point, Span<byte> result)
    {
        RequireLibrary();
        fixed (byte* r = result, s = scalar, p = point)
            return MultiplyFunction(r, s, p) == 0;
    }

    private static void RequireLibrary()
    {
        if (MultiplyFunction is null || MultiplyBaseFunction is null)
        {
            throw new PnetException(
                PnetError.Failed,
                "libsodium, which computes X25519, can't be loaded",
                "Install it (Debian: apt-get install libsodium23), or build with -p:PnetX25519=nsec.");
        }
    }

    /// <summary>Loads the library, or returns 0: an exception here would reach callers without its reason.</summary>
    private static nint Load()
    {
        string[] names = ["libsodium.so.23", "libsodium.so.26", "libsodium"];
        foreach (var name in names)
        {
            // sodium_init selects the fastest code for the processor; it may be called more than once, from any thread.
            if (NativeLibrary.TryLoad(name, typeof(X25519).Assembly, null, out var library)
                && NativeLibrary.TryGetExport(library, "sodium_init", out var initialise)
                && ((delegate* unmanaged<int>)initialise)() >= 0)
                return library;
        }

        return 0;
    }

    private static nint Find(string name) =>
        Library != 0 && NativeLibrary.TryGetExport(Library, name, out var function) ? function : 0;
}
