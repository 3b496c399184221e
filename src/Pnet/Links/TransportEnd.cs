using Pnet.Transports;

namespace Pnet.Links;

/// <summary>Words for how a transport ended.</summary>
internal static class TransportEnd
{
    /// <summary>A clause that starts with a comma, or nothing: <c>, with status 127</c>.</summary>
    public static string Describe(ITransport transport) => transport.EndStatus is { } status ? $", with status {status}" : "";
}
