using System.Text;
using Pnet.Addressing;
using Pnet.Frames;

namespace Pnet.Tests.Frames;

public sealed class FrameAddressTests
{
    private const string NameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    [Fact]
    public void Every_address_is_read_as_it_was_written()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var address = RandomAddress(new Random(seed));
            Assert.Equal(address, FrameAddress.Read(Written(address)));
        }
    }

    [Fact]
    public void An_address_cut_short_is_refused_unless_it_is_a_shorter_service_name()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var bytes = Written(RandomAddress(new Random(seed)));
            for (var cut = 0; cut < bytes.Length; cut++)
            {
                var part = bytes[..cut];
                if (Broken.Accepts(() => Assert.Equal(part, Written(FrameAddress.Read(part)))))
                    Assert.Equal((byte)FrameAddressKind.Service, part[0]);
            }
        }
    }

    [Fact]
    public void Changed_addresses_are_addresses_or_a_violation_and_nothing_else()
    {
        for (var seed = 0; seed < 10_000; seed++)
        {
            var random = new Random(seed);
            var bytes = Broken.Mutate(random, Written(RandomAddress(random)));
            Broken.Accepts(() => Assert.Equal(bytes, Written(FrameAddress.Read(bytes))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("04")]
    [InlineData("00ff")]
    [InlineData("03")]
    [InlineData("0320")]
    [InlineData("03c3a9")]
    [InlineData("032e2e")]
    [InlineData("03612f62")]
    public void An_address_of_no_known_form_is_refused(string hex) =>
        Broken.Message(() => FrameAddress.Read(Convert.FromHexString(hex)));

    [Fact]
    public void A_service_name_of_63_bytes_is_read_and_one_of_64_is_not()
    {
        var name = new string('n', Wire.MaxServiceName);
        Assert.Equal(FrameAddress.MaxSize, Written(FrameAddress.OfService(name)).Length);
        Assert.Equal(name, FrameAddress.Read([3, .. Encoding.ASCII.GetBytes(name)]).Service);
        Broken.Message(() => FrameAddress.Read([3, .. Encoding.ASCII.GetBytes(name + "n")]));
        Assert.Throws<FormatException>(() => FrameAddress.OfService(name + "n"));
    }

    [Fact]
    public void A_service_may_have_a_name_that_reads_as_a_node_id()
    {
        var name = RandomId(new Random(3)).ToString();
        Assert.Equal(name, FrameAddress.Read(Written(FrameAddress.OfService(name))).Service);
    }

    [Fact]
    public void The_end_that_binds_a_destination_routes_to_it_and_the_one_that_binds_a_source_routes_from_it()
    {
        var id = RandomId(new Random(1));
        Assert.Equal(Operation.RouteTo, FrameAddress.To(id).BinderOperation);
        Assert.Equal(Operation.RouteTo, FrameAddress.OfService("x").BinderOperation);
        Assert.Equal(Operation.RoutedFrom, FrameAddress.From(id).BinderOperation);
    }

    private static byte[] Written(FrameAddress address)
    {
        var bytes = new byte[FrameAddress.MaxSize];
        return bytes[..address.Write(bytes)];
    }

    private static FrameAddress RandomAddress(Random random) => random.Next(3) switch
    {
        0 => FrameAddress.To(RandomId(random)),
        1 => FrameAddress.From(RandomId(random)),
        _ => FrameAddress.OfService("s" + new string(random.GetItems<char>(NameCharacters, random.Next(Wire.MaxServiceName)))),
    };

    private static NodeId RandomId(Random random)
    {
        var bytes = new byte[NodeId.Size];
        random.NextBytes(bytes);
        return new NodeId(bytes);
    }
}
