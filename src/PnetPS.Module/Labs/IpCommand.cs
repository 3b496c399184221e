using Pnet;

namespace PnetPS.Labs;

/// <summary>The program <c>ip</c>, which makes and removes namespaces and devices.</summary>
internal static class IpCommand
{
    /// <summary>Its name.</summary>
    public const string Program = "ip";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <summary>Runs it to its end: cut short, it might leave half of what it does.</summary>
    /// <exception cref="PnetException">It failed; the message is what it said.</exception>
    public static async Task RunAsync(params string[] arguments)
    {
        await using var process = OwnedProcess.Start(Program, arguments);
        using var bound = new CancellationTokenSource(Bound);
        if (await process.RunToEndAsync(bound.Token).ConfigureAwait(false) != 0)
            throw new PnetException(PnetError.Failed, $"ip {string.Join(' ', arguments)}: {process.Explain()}", "The rights of root in a container may not be enough: it takes CAP_NET_ADMIN and CAP_SYS_ADMIN.");
    }
}
