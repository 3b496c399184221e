using System.Reflection;
using Pnet.Channels;
using Pnet.Crypto;
using Pnet.Links;
using Pnet.Routing;

namespace Pnet.Tests.Protocol;

/// <summary>The limits in docs/security.md are those of the code.</summary>
public sealed class LimitTableTests
{
    private static readonly string[] Namespaces = ["Addressing", "Crypto", "Frames", "Links", "Channels", "Routing", "Services", "Services.Messages", "Services.Commands", "Services.Tickets", "Services.Files", "Services.Content", "Services.Streams", "Control"];

    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    [Fact]
    public void Every_limit_in_the_table_is_the_code_s()
    {
        var rows = DocumentTable.Rows("docs/security.md", "limit | default");
        Assert.All(rows, row => Assert.Equal((row[0], ValueOf(row[0])), (row[0], DocumentTable.Number(row[1]))));
    }

    [Fact]
    public void Every_option_that_limits_something_is_in_the_table()
    {
        var told = DocumentTable.Rows("docs/security.md", "limit | default").Select(row => row[0]).ToHashSet();
        var options = new[] { typeof(RouterOptions), typeof(ChannelOptions), typeof(LinkOptions) }
            .SelectMany(type => type.GetProperties().Where(IsLimit).Select(property => $"{type.Name}.{property.Name}"));
        Assert.All(options, name => Assert.Contains(name, told));
    }

    private static bool IsLimit(PropertyInfo property) =>
        property.PropertyType == typeof(int) || property.PropertyType == typeof(long) || property.PropertyType == typeof(TimeSpan);

    private static long ValueOf(string name)
    {
        var (typeName, member) = (name.Split('.')[0], name.Split('.')[1]);
        var type = Namespaces.Select(space => typeof(Node).Assembly.GetType($"Pnet.{space}.{typeName}")).FirstOrDefault(found => found is not null);
        Assert.True(type is not null, $"there is no type {typeName}");
        if (type.GetField(member, Any) is { IsLiteral: true } constant)
            return Convert.ToInt64(constant.GetRawConstantValue(), null);
        var property = type.GetProperty(member, Any);
        Assert.True(property is not null, $"there is no {name}");
        var value = property.GetValue(Default(type));
        return value is TimeSpan time ? (long)time.TotalSeconds : Convert.ToInt64(value, null);
    }

    private static object Default(Type type)
    {
        var link = new LinkOptions { Key = NodeKey.FromBytes(new byte[NodeKey.Size]) };
        return type == typeof(LinkOptions) ? link : type == typeof(RouterOptions) ? new RouterOptions { Link = link } : Activator.CreateInstance(type)!;
    }
}
