using Pnet.Addressing;

namespace Pnet.Services.Streams;

/// <summary>
/// A function from a stream to a stream (seed 2, <c>AdvancedNode</c>): reads as much of its input as it likes and writes its output
/// meanwhile. What it throws is the failure that the caller sees.
/// </summary>
/// <param name="caller">The node that uses it, proven by its link.</param>
/// <param name="input">What the caller sends; ends where that ends.</param>
/// <param name="output">What the caller gets; writing waits while the caller takes no more. It ends when the function does.</param>
/// <param name="cancellationToken">Cancelled when the caller has gone, or the node stops.</param>
public delegate Task StreamFunction(NodeId caller, Stream input, Stream output, CancellationToken cancellationToken);
