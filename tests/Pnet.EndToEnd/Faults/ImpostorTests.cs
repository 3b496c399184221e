using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Faults;

/// <summary>A socket where a manager looks for its node, made by somebody else.</summary>
public sealed class ImpostorTests
{
    private const string Impostor = "1";

    [OtherUserFact]
    public async Task A_manager_says_nothing_to_a_socket_of_another_user_s()
    {
        await using var network = new TestNetwork();
        (await network.RunAsync("chmod", "777", network.Directory)).Succeeds();
        string path = network.PathOf("pnet.sock");
        var socat = network.Start("setpriv", "--reuid", Impostor, "--regid", Impostor, "--clear-groups", "socat", "-d", "-d", $"unix-listen:{path},mode=666", "-");
        await socat.LineAsync("listening on");

        string error = (await OtherUser.RunAsync(network, "r2", "-s", path, "ls")).FailsWith(4);

        Assert.Contains($"{path} is user {Impostor}'s", error, StringComparison.Ordinal);
        Assert.Equal(0, await socat.ExitAsync());
        Assert.DoesNotContain("PNET", socat.Text, StringComparison.Ordinal);
    }
}
