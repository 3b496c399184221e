using System.Reflection;
using System.Text.RegularExpressions;
using Pnet.Frames;

namespace Pnet.Tests.Protocol;

/// <summary>The tables of docs/protocol.md are what the code does.</summary>
public sealed class ProtocolTableTests
{
    private const string Document = "docs/protocol.md";

    [Fact]
    public void Every_size_is_in_the_table_with_its_value()
    {
        var sizes = typeof(Wire).GetFields(BindingFlags.Public | BindingFlags.Static)
            .ToDictionary(field => field.Name, field => Convert.ToInt64(field.GetRawConstantValue(), null));
        var told = DocumentTable.Rows(Document, "constant | bytes or count").ToDictionary(row => row[0], row => DocumentTable.Number(row[1]));
        Assert.Equal(sizes.OrderBy(pair => pair.Key), told.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void Every_operation_is_in_the_table_with_its_code() => AssertCodes<Operation>("code | operation");

    [Fact]
    public void Every_kind_of_address_is_in_the_table_with_its_code() => AssertCodes<FrameAddressKind>("code | kind");

    [Fact]
    public void Every_reason_is_in_the_table_with_its_code() => AssertCodes<ReasonCode>("code | reason");

    [Fact]
    public void Every_control_method_is_in_the_table()
    {
        var server = Repository.Read("src/Pnet/Control/ControlServer.cs");
        var methods = Regex.Matches(server, """^\s+"(?<name>[a-z-]+)" =>""", RegexOptions.Multiline).Select(match => match.Groups["name"].Value).ToHashSet();
        Assert.NotEmpty(methods);
        var told = DocumentTable.Rows(Document, "method | parameters").Select(row => row[0]).ToHashSet();
        Assert.Equal(methods.Order(), told.Order());
    }

    private static void AssertCodes<T>(string head)
        where T : struct, Enum
    {
        var codes = Enum.GetValues<T>().Select(value => (Convert.ToInt64(value, null), value.ToString())).Order();
        var told = DocumentTable.Rows(Document, head).Select(row => (DocumentTable.Number(row[0]), row[1])).Order();
        Assert.Equal(codes, told);
    }
}
