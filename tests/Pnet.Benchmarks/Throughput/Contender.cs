namespace Pnet.Benchmarks.Throughput;

/// <summary>One way to carry a stream of bytes between two programs. Its servers run as long as it does.</summary>
internal abstract class Contender(string name) : IDisposable
{
    /// <summary>What the table calls it.</summary>
    public string Name { get; } = name;

    /// <summary>The long-lived processes that carry the stream.</summary>
    public abstract IEnumerable<int> Servers { get; }

    /// <summary>The command line whose standard input and output reach <see cref="FarEnd"/>.</summary>
    public abstract string StreamCommand { get; }

    /// <summary>The same to an echo that is there already or starts at once, for the time to the first byte.</summary>
    public virtual string EchoCommand => StreamCommand;

    /// <inheritdoc/>
    public abstract void Dispose();
}
