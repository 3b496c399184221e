using System.Security.Cryptography;

namespace Pnet.Crypto;

/// <summary>
/// Private keys on disk: a text file of mode 0600 with one line <c>x25519-private:BASE58</c>; lines that start with
/// <c>#</c> are comments.
/// </summary>
public static class KeyFile
{
    private const string What = "key file";
    private const string Prefix = "x25519-private:";
    private const string Form = $"the line is {Prefix} and the 43 or 44 Base58 characters of a private key";

    /// <summary>
    /// Where a user's key is unless another path is given: <c>$XDG_CONFIG_HOME/pnet/key</c> or <c>~/.config/pnet/key</c>;
    /// in the user's application data folder on Windows and macOS.
    /// </summary>
    public static string DefaultPath => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "pnet", "key");

    /// <summary>Reads a key.</summary>
    /// <exception cref="PnetException">
    /// <see cref="PnetError.NotFound"/>: there is no file. <see cref="PnetError.PermissionDenied"/>: it can't be read, or
    /// others have any right to it. <see cref="PnetError.Usage"/>: it is a directory or holds no key; the line is named.
    /// </exception>
    public static NodeKey Load(string path) => SecretFile.Read(path, What, ReadLine);

    /// <summary>Writes a key to a file that appears whole or not at all; a missing directory is made with mode 0700.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The key.</param>
    /// <param name="overwrite">Whether a file that is there is replaced: the key in it is lost.</param>
    /// <exception cref="PnetException">
    /// <see cref="PnetError.AlreadyExists"/>: a file is there and isn't to be replaced.
    /// <see cref="PnetError.PermissionDenied"/>, <see cref="PnetError.Failed"/>: it can't be written.
    /// </exception>
    public static void Save(string path, NodeKey key, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> bytes = stackalloc byte[NodeKey.Size];
        key.Export(bytes);
        SecretText.Write(path, What, $"# Private key of a PnetPS node: keep it secret. Its public id is\n# {key.Id}\n{Prefix}", bytes, overwrite);
    }

    /// <summary>Reads a key, or makes and saves one where there is no file.</summary>
    /// <exception cref="PnetException">As <see cref="Load"/> and <see cref="Save"/>.</exception>
    public static NodeKey LoadOrCreate(string path)
    {
        try
        {
            return Load(path);
        }
        catch (PnetException error) when (error.Error == PnetError.NotFound)
        {
            return Create(path);
        }
    }

    private static NodeKey Create(string path)
    {
        var key = NodeKey.Generate();
        try
        {
            Save(path, key);
            return key;
        }
        catch (PnetException error) when (error.Error == PnetError.AlreadyExists)
        {
            key.Dispose();
            return Load(path); // Another process was faster; both use its key.
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static NodeKey ReadLine(ReadOnlySpan<char> line)
    {
        if (!line.StartsWith(Prefix, StringComparison.Ordinal))
            throw new FormatException($"it doesn't start with {Prefix}; {Form}");

        Span<byte> bytes = stackalloc byte[NodeKey.Size];
        try
        {
            return SecretText.TryRead(line[Prefix.Length..], bytes, out var why)
                ? NodeKey.FromBytes(bytes)
                : throw new FormatException($"the text after {Prefix} is no key, {why}; {Form}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
