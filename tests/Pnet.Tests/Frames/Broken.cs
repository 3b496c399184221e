namespace Pnet.Tests.Frames;

/// <summary>Input that breaks the protocol, and what may become of it.</summary>
internal static class Broken
{
    /// <summary>Runs code that may succeed, or fail as a breach of the protocol; anything else is a bug.</summary>
    /// <returns>Whether it succeeded.</returns>
    public static bool Accepts(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (PnetException e) when (e.Error == PnetError.Protocol)
        {
            Assert.False(string.IsNullOrWhiteSpace(e.Message));
            return false;
        }
    }

    /// <summary>Demands a breach of the protocol and returns what is said of it.</summary>
    public static string Message(Action read)
    {
        var failure = Assert.Throws<PnetException>(read);
        Assert.Equal(PnetError.Protocol, failure.Error);
        Assert.False(string.IsNullOrWhiteSpace(failure.Action));
        return failure.Message;
    }

    /// <summary>Changes, drops, inserts or repeats a few bytes.</summary>
    public static byte[] Mutate(Random random, byte[] bytes)
    {
        var result = new List<byte>(bytes);
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var at = random.Next(result.Count + 1);
            switch (random.Next(4))
            {
                case 0:
                    result.Insert(at, (byte)random.Next(256));
                    break;
                case 1 when at < result.Count:
                    result.RemoveAt(at);
                    break;
                case 2 when at < result.Count:
                    result[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    result.InsertRange(at, bytes[..random.Next(bytes.Length + 1)]);
                    break;
            }
        }

        return [.. result];
    }
}
