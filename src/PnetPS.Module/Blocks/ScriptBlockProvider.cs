using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using Pnet;
using Pnet.Transports;

namespace PnetPS.Blocks;

/// <summary>
/// Makes script blocks a transport like any other: a node is given the name <c>scriptblock://7</c>, and every dial of it
/// starts the block anew. That is what a service and a reconnecting link do.
/// </summary>
internal sealed class ScriptBlockProvider(Action<ErrorRecord> report) : ITransportProvider
{
    private readonly ConcurrentDictionary<int, BlockSource> _blocks = [];
    private int _last;

    /// <inheritdoc/>
    public string Scheme => "scriptblock";

    /// <summary>Gives a block a name that the node can dial.</summary>
    public string Add(BlockSource source)
    {
        var number = Interlocked.Increment(ref _last);
        _blocks[number] = source;
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{number}");
    }

    /// <summary>Tells what a transport's text means to a person: the block's first words where it names one.</summary>
    public string Describe(string transport) =>
        transport.StartsWith($"{Scheme}://", StringComparison.Ordinal)
        && int.TryParse(transport.AsSpan(Scheme.Length + 3), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && _blocks.TryGetValue(number, out var source)
            ? source.Description
            : transport;

    /// <inheritdoc/>
    public ValueTask<ITransport> DialAsync(TransportAddress address, CancellationToken cancellationToken = default)
    {
        if (!int.TryParse(address.Host, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !_blocks.TryGetValue(number, out var source))
            throw new PnetException(PnetError.NotFound, $"{address} is no script block of this node", "Pass the script block itself.");
        return ValueTask.FromResult<ITransport>(ScriptBlockTransport.Open(source, report));
    }

    /// <inheritdoc/>
    public ValueTask<IListener> ListenAsync(TransportAddress address, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("nothing listens at a script block");
}
