using System.Text;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Control;

/// <summary>What the two ends of a tunnel say, and what a node says of it.</summary>
internal static class Conversation
{
    /// <summary>A service that sends back what comes.</summary>
    public static async Task EchoAsync(NodeId caller, ITransport channel, CancellationToken stop)
    {
        var buffer = new byte[4096];
        for (int count; (count = await channel.ReadAsync(buffer, stop)) > 0;)
            await channel.WriteAsync(buffer.AsMemory(0, count), stop);
        await channel.EndAsync(cancellationToken: stop);
    }

    /// <summary>Demands that a text comes back.</summary>
    public static async Task EchoesAsync(ITransport transport, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        await transport.WriteAsync(bytes).Soon();
        Assert.Equal(bytes, await Bytes.ReadExactlyAsync(transport, bytes.Length));
    }

    /// <summary>The next event of a kind, from now on.</summary>
    public static Task<NodeEvent> NextEventAsync(Node node, string kind)
    {
        var next = new TaskCompletionSource<NodeEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Events.Published += happened =>
        {
            if (happened.Kind == kind)
                next.TrySetResult(happened);
        };
        return next.Task.Soon();
    }
}
