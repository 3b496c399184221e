using System.Xml;
using System.Xml.Linq;

namespace PnetPS.Messages;

/// <summary>CLIXML as XML: what is looked for in it before it is sent, and before the engine reads it.</summary>
internal static class ClixmlText
{
    private const string Name = "N";
    private const string Secret = "SS";

    // What instances of CIM tell of their class: from it the engine makes live ones, with the help of a native library.
    private const string ClassMetadata = "__ClassMetadata";

    private static readonly XmlReaderSettings Reading = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CheckCharacters = false };

    /// <summary>Where the text of an object holds a secure string, as it reads after "a secure string"; <see langword="null"/> where it doesn't.</summary>
    public static string? FindSecret(string text)
    {
        // A '<' of the content is escaped.
        if (!text.Contains($"<{Secret}", StringComparison.Ordinal))
            return null;
        var (element, name) = Elements(text).FirstOrDefault(one => one.Element == Secret);
        return element is null ? null : name is null ? "" : $", as {name}";
    }

    /// <summary>The text without what instances of CIM tell of their class; they are property bags then as all others.</summary>
    /// <exception cref="XmlException">It is no XML.</exception>
    public static string WithoutClasses(string text)
    {
        if (!Elements(text).Any(one => IsClass(one.Name)))
            return text;
        using var reader = XmlReader.Create(new StringReader(text), Reading);
        var document = XDocument.Load(reader, LoadOptions.PreserveWhitespace);
        document.Descendants().Where(element => IsClass(element.Attribute(Name)?.Value)).Remove();
        return document.ToString(SaveOptions.DisableFormatting);
    }

    private static IEnumerable<(string Element, string? Name)> Elements(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), Reading);
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
                yield return (reader.LocalName, reader.GetAttribute(Name));
        }
    }

    // The engine reads _x0041_ as A, in names too.
    private static bool IsClass(string? name) => name is not null && XmlConvert.DecodeName(name).Equals(ClassMetadata, StringComparison.OrdinalIgnoreCase);
}
