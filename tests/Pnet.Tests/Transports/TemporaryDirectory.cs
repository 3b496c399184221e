namespace Pnet.Tests.Transports;

/// <summary>A directory with a short name, as a socket's path may have 107 bytes only; it goes with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private const string Memory = "/dev/shm";

    /// <summary>Makes it.</summary>
    /// <param name="roomInMemory">The bytes that its files take where they are to be in memory, if there is so much room: very many of them are made far quicker there.</param>
    public TemporaryDirectory(long roomInMemory = 0)
    {
        bool inMemory = roomInMemory > 0 && Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > roomInMemory;
        Path = System.IO.Path.Combine(inMemory ? Memory : System.IO.Path.GetTempPath(), "pnt-" + Guid.NewGuid().ToString("N")[..10]);
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
