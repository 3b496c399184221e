using System.Text.RegularExpressions;

namespace PnetPS;

/// <summary>
/// Says in cmdlets what a node advises in commands of <c>r2</c>: the node doesn't know who asks, and a daemon's advice comes
/// over its socket as it is.
/// </summary>
internal static class Advice
{
    // Longer phrases come first: the first that fits is taken.
    private static readonly (string Command, string Cmdlet)[] Phrases =
    [
        ("r2 -t NODE ls", "Get-R2Peer -Target NODE"),
        ("r2 services NODE", "Get-R2Service -Target NODE"),
        ("r2 services", "Get-R2Service"),
        ("r2 commands", "Get-R2Command -Target"),
        ("r2 serve --write", "Register-R2Service -Directory DIR -Writable"),
        ("r2 serve --listen", "Register-R2Service -Listen"),
        ("r2 serve", "Register-R2Service"),
        ("r2 unserve", "Unregister-R2Service"),
        ("r2 trust ID NAME", "Grant-R2Access ID NAME"),
        ("r2 trust ID", "Grant-R2Access ID"),
        ("r2 trust", "Get-R2Access"),
        ("r2 connect", "Connect-R2Node"),
        ("r2 disconnect", "Disconnect-R2Node"),
        ("r2 listeners", "Get-R2Listener"),
        ("r2 listen", "New-R2Listener"),
        ("r2 tunnels", "Get-R2Tunnel"),
        ("r2 tunnel", "New-R2Tunnel"),
        ("r2 untunnel", "Remove-R2Tunnel"),
        ("r2 ticket", "New-R2Ticket"),
        ("r2 publish", "Publish-R2Content"),
        ("r2 unpublish", "Unpublish-R2Content"),
        ("r2 content", "Get-R2Content"),
        ("r2 log", "Get-R2Event"),
        ("r2 ls", "Get-R2Peer"),
        ("run r2", "use a cmdlet"),
        ("--network-key", "-NetworkKeyPath"),
        ("--accept-objects", "-AcceptObject"),
        ("--no-relay", "-NoRelay"),
        ("--allow", "-Allow"),
        ("(-n)", "(-Name)"),
        ("-s", "-SocketPath"),
    ];

    /// <summary>Translates one piece of advice; what has no cmdlet stays.</summary>
    public static string ForPowerShell(string advice)
    {
        foreach (var (command, cmdlet) in Phrases)
            advice = Regex.Replace(advice, $@"(?<!\w){Regex.Escape(command)}(?!\w)", cmdlet.Replace("$", "$$", StringComparison.Ordinal));
        return advice;
    }
}
