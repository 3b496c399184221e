using Pnet.Transports;

namespace Pnet.Cli.Parsing;

/// <summary>Transports of one word or several.</summary>
internal static class TransportWords
{
    /// <summary>Makes a transport of its words.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string Read(string[] words) => TransportAddress.Parse(TrailingWords.Join(words)).ToString();

    /// <summary>Makes a transport that a daemon can open any number of times.</summary>
    /// <exception cref="FormatException">It is none, or it is this program's stdio.</exception>
    public static string ReadServed(string[] words) => TransportAddress.Parse(TrailingWords.Join(words)) is { Kind: not TransportAddressKind.Stdio } transport
        ? transport.ToString()
        : throw new FormatException("a service can't be -; give a command line or a URI that the daemon can open for each tunnel");
}
