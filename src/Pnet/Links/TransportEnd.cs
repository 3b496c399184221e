using Pnet.Transports;

namespace Pnet.Links;

/// <summary>Words for how a transport ended.</summary>
internal static class TransportEnd
{
    /// <summary>A clause that goes on from "the transport ended", or nothing: <c>: command "x" was ended by signal 9</c>, <c>, with status 127</c>.</summary>
    public static string Describe(ITransport transport) => transport switch
    {
        ProcessTransport { ExitError: { } how } => $": {how}",
        { EndStatus: { } status } => $", with status {status}",
        _ => "",
    };
}
