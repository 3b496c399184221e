using Pnet.Links;
using Pnet.Tests.Frames;

namespace Pnet.Tests.Links;

public sealed class HelloTests
{
    [Fact]
    public void Every_hello_is_read_as_it_was_written()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var hello = RandomHello(new Random(seed));
            Same(hello, Hello.Read(Written(hello)));
        }
    }

    [Fact]
    public void A_hello_cut_anywhere_is_refused()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var bytes = Written(RandomHello(new Random(seed)));
            for (var cut = 0; cut < bytes.Length; cut++)
                Broken.Message(() => Hello.Read(bytes.AsSpan(0, cut)));
        }
    }

    [Fact]
    public void What_a_later_version_adds_is_left_alone()
    {
        var hello = RandomHello(new Random(5));
        Same(hello, Hello.Read([.. Written(hello), 1, 2, 3]));
        var marked = hello with { Process = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray() };
        Same(marked, Hello.Read(Written(marked)));
        Same(marked, Hello.Read([.. Written(marked), 1, 2, 3]));
        // A later version may have marks of another size.
        Same(hello, Hello.Read([.. Written(hello), 33, .. new byte[33]]));
    }

    [Fact]
    public void Changed_hellos_are_hellos_or_a_violation_and_nothing_else()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var bytes = Broken.Mutate(random, Written(RandomHello(random)));
            Broken.Accepts(() => Written(Hello.Read(bytes)));
        }
    }

    [Fact]
    public void Random_bytes_are_a_hello_or_a_violation_and_nothing_else()
    {
        var random = new Random(11);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            if (bytes.Length > 5)
                bytes[4] = (byte)random.Next(4);
            Broken.Accepts(() => Hello.Read(bytes));
        }
    }

    [Fact]
    public void No_more_endpoints_are_told_than_may_be_and_none_that_is_too_long()
    {
        var endpoints = Enumerable.Range(0, 20).Select(i => i == 3 ? "tcp://" + new string('x', 250) : $"tcp://127.0.0.1:{i}").ToList();
        var told = Hello.Read(Written(new Hello(null, Capabilities.None, endpoints))).Endpoints;
        Assert.Equal(endpoints.Where((_, i) => i != 3).Take(Hello.MaxEndpoints), told);
        Assert.Contains("too many endpoints", Broken.Message(() => Hello.Read([0, 0, 0, 0, 0, 17, .. new byte[100]])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("a\u001b")]
    [InlineData("6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC")]
    public void A_name_that_is_none_is_refused(string name) =>
        Broken.Message(() => Hello.Read([0, 0, 0, 0, (byte)name.Length, .. System.Text.Encoding.ASCII.GetBytes(name), 0]));

    private static void Same(Hello expected, Hello actual)
    {
        Assert.Equal((expected.Name, expected.Capabilities), (actual.Name, actual.Capabilities));
        Assert.Equal(expected.Endpoints, actual.Endpoints);
        Assert.Equal(expected.Process.ToArray(), actual.Process.ToArray());
    }

    private static byte[] Written(Hello hello)
    {
        var bytes = new byte[Hello.MaxSize];
        return bytes[..hello.Write(bytes)];
    }

    private static Hello RandomHello(Random random)
    {
        var name = random.Next(3) == 0 ? null : "n" + new string(random.GetItems<char>("abcXYZ019._-", random.Next(63)));
        var endpoints = Enumerable.Range(0, random.Next(Hello.MaxEndpoints + 1)).Select(i => $"tcp://höst-{random.Next()}:{i}").ToList();
        return new Hello(name, (Capabilities)(uint)random.NextInt64(1L << 32), endpoints);
    }
}
