namespace Pnet.Transports;

/// <summary>The three things a transport string can be.</summary>
public enum TransportAddressKind
{
    /// <summary>A URI: <c>tcp://host:47210</c>, <c>unix:///run/x.sock</c>.</summary>
    Uri,

    /// <summary>A dash: the process's own standard input and output.</summary>
    Stdio,

    /// <summary>A shell command line, whose standard input and output are the transport.</summary>
    Command,
}
