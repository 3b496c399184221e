using System.Management.Automation;
using System.Text;
using Pnet.Transports;

namespace PnetPS.Blocks;

/// <summary>
/// Writes what a script block puts out to a transport: <c>byte[]</c> and <c>byte</c> as they are, anything else as a
/// UTF-8 line, the text that PowerShell converts it to. The block waits while the other end can take no more.
/// </summary>
internal sealed class BlockOutput(ITransport transport, CancellationToken closed)
{
    /// <summary>Writes one object; on the thread that runs the block.</summary>
    /// <exception cref="IOException">The other end takes no more.</exception>
    public void Write(PSObject? item)
    {
        var bytes = item?.BaseObject switch
        {
            byte[] raw => raw,
            byte single => [single],
            null => "\n"u8.ToArray(),
            _ => Encoding.UTF8.GetBytes($"{LanguagePrimitives.ConvertTo<string>(item)}\n"),
        };
        if (bytes.Length > 0)
            transport.WriteAsync(bytes, closed).AsTask().GetAwaiter().GetResult();
    }
}
