using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Crypto;

/// <summary>
/// Files with one secret: a line of text among blank lines and <c>#</c> comments, for the owner's eyes only (mode 0600
/// or less on UNIX; elsewhere the file's access list is the owner's business).
/// </summary>
internal static partial class SecretFile
{
    private const int MaxSize = 4096;

    // EEXIST of errno(3), the same on every UNIX.
    private const int FileExists = 17;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads the secret.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it is in messages: <c>key file</c>.</param>
    /// <param name="parse">Reads the line, or throws a <see cref="FormatException"/> that doesn't repeat it.</param>
    /// <exception cref="PnetException">
    /// <see cref="PnetError.NotFound"/>, <see cref="PnetError.PermissionDenied"/> (also where others have any right to the
    /// file), <see cref="PnetError.Usage"/> (a directory, no such content) or <see cref="PnetError.Failed"/>.
    /// </exception>
    internal static T Read<T>(string path, string what, Func<ReadOnlySpan<char>, T> parse)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = GC.AllocateArray<byte>(MaxSize + 1, pinned: true);
        var chars = GC.AllocateArray<char>(MaxSize + 1, pinned: true);
        try
        {
            var length = ReadBytes(path, what, bytes);
            if (length > MaxSize)
                throw new PnetException(PnetError.Usage, $"{what} {path} is no such file: it is longer than {MaxSize} bytes");

            return ReadLine(chars.AsSpan(0, Encoding.UTF8.GetChars(bytes.AsSpan(0, length), chars)), path, what, parse);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            chars.AsSpan().Clear();
        }
    }

    /// <summary>Writes a file that appears whole or not at all, in a directory that is made (mode 0700) where it is missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it is in messages: <c>key file</c>.</param>
    /// <param name="content">The text in UTF-8.</param>
    /// <param name="overwrite">Whether a file that is there is replaced.</param>
    /// <exception cref="PnetException">
    /// <see cref="PnetError.AlreadyExists"/>, <see cref="PnetError.PermissionDenied"/>, <see cref="PnetError.Usage"/> or
    /// <see cref="PnetError.Failed"/>.
    /// </exception>
    internal static void Write(string path, string what, ReadOnlySpan<byte> content, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        RequireNoDirectory(full, what);
        var temporary = $"{full}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp";
        try
        {
            CreateParent(full);
            using (var file = new FileStream(temporary, NewFile()))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            Appear(temporary, full, overwrite);
        }
        catch (IOException error) when (!overwrite && File.Exists(full))
        {
            throw new PnetException(PnetError.AlreadyExists, $"{what} {path} is there already", "Choose another path, or move that file away.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Translate(error, path, what, "written");
        }
        finally
        {
            DeleteLeftover(temporary);
        }
    }

    // On UNIX a rename replaces whatever is there, and looking first leaves a gap for another process: link(2) never replaces.
    private static void Appear(string temporary, string full, bool overwrite)
    {
        if (overwrite || OperatingSystem.IsWindows())
        {
            File.Move(temporary, full, overwrite);
            return;
        }
        if (Link(temporary, full) == 0)
            return;
        if (Marshal.GetLastPInvokeError() == FileExists)
            throw new IOException($"{full} is there already");
        // A file system without links, such as FAT: the best it can do.
        File.Move(temporary, full, overwrite: false);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string existing, string added);

    private static T ReadLine<T>(ReadOnlySpan<char> text, string path, string what, Func<ReadOnlySpan<char>, T> parse)
    {
        var (number, found, result) = (0, false, default(T));
        foreach (var line in text.EnumerateLines())
        {
            number++;
            var content = line.Trim();
            if (content.IsEmpty || content[0] == '#')
                continue;

            try
            {
                result = found ? throw new FormatException("there is a key already in a line above") : parse(content);
                found = true;
            }
            catch (FormatException error)
            {
                (result as IDisposable)?.Dispose();
                throw new PnetException(PnetError.Usage, $"{what} {path}, line {number}: {error.Message}", "Restore the file, or name the right one.", error);
            }
        }

        return found ? result! : throw new PnetException(PnetError.Usage, $"{what} {path} holds no key", "Restore the file, or name the right one.");
    }

    private static int ReadBytes(string path, string what, Span<byte> buffer)
    {
        RequireNoDirectory(path, what);
        try
        {
            // Opening a pipe would wait for a writer; such things have no length.
            var target = new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
            if (target is { Exists: true, Length: 0 })
                throw new PnetException(PnetError.Usage, $"{what} {path} is empty or not a plain file", "Restore the file, or name the right one.");

            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            RequirePrivate(handle, path, what);
            var length = 0;
            while (length < buffer.Length && RandomAccess.Read(handle, buffer[length..], length) is > 0 and var read)
                length += read;
            return length;
        }
        catch (Exception error) when (error is not PnetException && error is IOException or UnauthorizedAccessException)
        {
            throw Translate(error, path, what, "read");
        }
    }

    private static void RequirePrivate(SafeFileHandle handle, string path, string what)
    {
        if (OperatingSystem.IsWindows())
            return;

        // Of the open file: the name may lead to another one by now.
        var mode = File.GetUnixFileMode(handle);
        if ((mode & Others) != 0)
        {
            throw new PnetException(
                PnetError.PermissionDenied,
                $"{what} {path} is open to other users (mode 0{Convert.ToString((int)mode, 8)})",
                $"Run: chmod 600 {path}");
        }
    }

    private static void RequireNoDirectory(string path, string what)
    {
        if (Directory.Exists(path))
            throw new PnetException(PnetError.Usage, $"{what} {path} is a directory", "Name a file.");
    }

    private static void CreateParent(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null || Directory.Exists(parent))
            return;

        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(parent);
        else
            Directory.CreateDirectory(parent, OwnerOnly | UnixFileMode.UserExecute);
    }

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }

    private static void DeleteLeftover(string temporary)
    {
        try
        {
            File.Delete(temporary); // It is gone where all went well.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The failure that left it is on its way to the caller and says more.
        }
    }

    private static PnetException Translate(Exception error, string path, string what, string done) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new(PnetError.NotFound, $"{what} {path} isn't there", "Check the path, or create a key first.", error),
        UnauthorizedAccessException =>
            new(PnetError.PermissionDenied, $"{what} {path} can't be {done}: no permission", "Run as the file's owner, or choose another path.", error),
        _ => new(PnetError.Failed, $"{what} {path} can't be {done}: {error.Message}", null, error),
    };
}
