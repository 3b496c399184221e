using Pnet.Addressing;

namespace Pnet.Cli.Output;

/// <summary>A key file as <c>r2 key</c> shows it: never the secret itself.</summary>
/// <param name="File">The file's whole path.</param>
/// <param name="Kind"><c>node</c> or <c>network</c>.</param>
/// <param name="Id">A node key's public key.</param>
internal sealed record KeyView(string File, string Kind, NodeId? Id);
