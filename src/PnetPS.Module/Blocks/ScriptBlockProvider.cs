using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Pnet;
using Pnet.Transports;

namespace PnetPS.Blocks;

/// <summary>
/// Makes script blocks a transport like any other: a node is given the name <c>scriptblock://7</c>, and every dial of it
/// starts the block anew. That is what a service and a reconnecting link do.
/// </summary>
internal sealed partial class ScriptBlockProvider(IBlockListener journal) : ITransportProvider, IDisposable
{
    private const string Prefix = "scriptblock://";

    private readonly ConcurrentDictionary<int, BlockOpener> _blocks = [];
    private int _last;

    /// <inheritdoc/>
    public string Scheme => "scriptblock";

    /// <summary>Gives a block a name that the node can dial.</summary>
    public string Add(BlockSource source)
    {
        var number = Interlocked.Increment(ref _last);
        _blocks[number] = new BlockOpener(source, journal);
        return string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}");
    }

    /// <summary>Forgets a name that nobody will dial again; of any other text there is nothing to forget.</summary>
    public void Remove(string name)
    {
        if (name.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && _blocks.TryRemove(number, out var block))
            block.Dispose();
    }

    /// <summary>Lets all their runspaces go: the node is gone.</summary>
    public void Dispose()
    {
        foreach (var block in _blocks.Values)
            block.Dispose();
    }

    /// <summary>Puts the blocks' first words where a text has the names the node knows them by.</summary>
    public string Explain(string text) => text.Contains(Prefix, StringComparison.Ordinal)
        ? Names().Replace(text, name => Find(name.ValueSpan[Prefix.Length..])?.Description ?? name.Value)
        : text;

    /// <inheritdoc/>
    public ValueTask<ITransport> DialAsync(TransportAddress address, CancellationToken cancellationToken = default)
    {
        var block = Find(address.Host)
            ?? throw new PnetException(PnetError.NotFound, $"{address} is no script block of this node", "Pass the script block itself.");
        return ValueTask.FromResult(block.Open());
    }

    /// <inheritdoc/>
    public ValueTask<IListener> ListenAsync(TransportAddress address, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("nothing listens at a script block");

    [GeneratedRegex(@"scriptblock://\d{1,9}")]
    private static partial Regex Names();

    private BlockOpener? Find(ReadOnlySpan<char> number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? _blocks.GetValueOrDefault(key) : null;
}
