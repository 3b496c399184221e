using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Pnet.Services.Files;

namespace Pnet.Services.Content;

/// <summary>The files that a node publishes, by their addresses. They stay where they are, and are published until the node stops.</summary>
internal sealed class ContentStore
{
    /// <summary>The most that are published at a time.</summary>
    public const int MaxPublished = 65_536;

    private readonly ConcurrentDictionary<ContentAddress, Published> _published = new();

    /// <summary>What is published, by path.</summary>
    public IReadOnlyList<PublishedContent> Contents => [.. _published.Values.Select(p => p.Describe()).OrderBy(p => p.Path, StringComparer.Ordinal)];

    /// <summary>Reads a file and publishes it.</summary>
    /// <exception cref="PnetException">It can't be read, or there are too many.</exception>
    public PublishedContent Publish(string path, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(path))
            throw new PnetException(PnetError.Usage, $"{path} is no full path", "Give the file from the root on.");
        if (_published.Count >= MaxPublished)
            throw new PnetException(PnetError.LimitReached, $"{MaxPublished} contents are published", "Unpublish some: r2 unpublish.");
        try
        {
            using var file = Open(path);
            var stamp = Stamp.Of(file);
            var published = new Published(path, ContentList.Of(file, path, cancellationToken), stamp);
            _published[published.List.Address] = published;
            return published.Describe();
        }
        catch (Exception e) when (FileFailure.From(e, path) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Publishes a content no longer.</summary>
    /// <exception cref="PnetException">It isn't published.</exception>
    public void Unpublish(ContentAddress address)
    {
        if (!_published.TryRemove(address, out _))
            throw new PnetException(PnetError.NotFound, $"{address} is not published", "List what is: r2 content.");
    }

    /// <summary>Finds a content.</summary>
    public Published? Find(ContentAddress address) => _published.GetValueOrDefault(address);

    private static SafeFileHandle Open(string path)
    {
        var file = OperatingSystem.IsLinux() ? FileCalls.OpenPath(path) : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // A device or a FIFO has no length that means anything.
        if (OperatingSystem.IsLinux() ? FileCalls.Stat(file, path).IsFile : (File.GetAttributes(file) & (FileAttributes.Directory | FileAttributes.Device)) == 0)
            return file;
        file.Dispose();
        throw new PnetException(PnetError.Usage, $"{path} is no file", "Publish files.");
    }

    internal readonly record struct Stamp(long Length, DateTime ModifiedAt)
    {
        public static Stamp Of(SafeFileHandle file) => new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
    }

    /// <summary>A content that is published.</summary>
    internal sealed class Published
    {
        private readonly Stamp _stamp;
        private readonly DateTimeOffset _at = DateTimeOffset.UtcNow;
        private long _sent;

        public Published(string path, ContentList list, Stamp stamp)
        {
            FilePath = path;
            List = list;
            _stamp = stamp;
        }

        public ContentList List { get; }

        private string FilePath { get; }

        /// <summary>Opens the file; <see langword="null"/> where it is no longer what was published.</summary>
        public SafeFileHandle? TryOpen()
        {
            try
            {
                var file = Open(FilePath);
                if (Stamp.Of(file) == _stamp)
                    return file;
                file.Dispose();
                return null;
            }
            catch (Exception e) when (FileFailure.From(e, FilePath) is not null)
            {
                // Gone, or closed to this node by now: it is not here any more, and that is what the asker is told.
                return null;
            }
        }

        public void Sent(int bytes) => Interlocked.Add(ref _sent, bytes);

        public PublishedContent Describe() =>
            new() { Address = List.Address.ToString(), Path = FilePath, Length = List.Length, PublishedAt = _at, BytesSent = Interlocked.Read(ref _sent) };
    }
}
