using System.Management.Automation;
using Pnet.Transports;
using PnetPS.Blocks;

namespace PnetPS;

/// <summary>
/// The near end of a link or a tunnel as a user gives it: text, which the node opens itself; a script block, which it is lent
/// or, in this process, can open itself; or a stream, which it is lent.
/// </summary>
internal sealed class NearEnd
{
    private readonly string? _text;
    private readonly BlockSource? _block;
    private readonly Stream? _stream;

    private NearEnd(string? text, BlockSource? block, Stream? stream) => (_text, _block, _stream) = (text, block, stream);

    /// <summary>What a person would recognise it by.</summary>
    public string Description => _text ?? _block?.Description ?? $"{{{_stream!.GetType().Name}}}";

    /// <summary>Reads what the user gave.</summary>
    public static NearEnd From(object transport, Func<ScriptBlock, BlockSource> takeBlock) =>
        (transport is PSObject wrapped ? wrapped.BaseObject : transport) switch
        {
            ScriptBlock script => new NearEnd(null, takeBlock(script), null),
            Stream stream => new NearEnd(null, null, stream),
            var other => new NearEnd(other.ToString(), null, null),
        };

    /// <summary>What any node can open by itself, or <see langword="null"/> where the transport has to be lent to it.</summary>
    public string? Text => _text;

    /// <summary>Gives a script block a name that a node of this process can open it by, again and again; <see langword="null"/> where it can't.</summary>
    public string? Register(R2Node node) => _block is null ? null : node.Blocks?.Add(_block);

    /// <summary>Opens a script block's end anew, as often as it is asked to; <see langword="null"/> where that isn't one.</summary>
    /// <param name="node">The node whose journal has what the block says.</param>
    public BlockOpener? Opening(R2Node node) => _block is { } block ? new BlockOpener(block, node.Journal) : null;

    /// <summary>Lends the transport to a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="attach">Lends it; on success the transport is the node's.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<T> AttachAsync<T>(R2Node node, Func<ITransport, CancellationToken, Task<T>> attach, CancellationToken cancellationToken)
    {
        ITransport transport = _block is not null ? new ScriptBlockTransport(_block, node.Journal) : new StreamTransport(_stream!, Description);
        try
        {
            return await attach(transport, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
