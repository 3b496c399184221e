using System.Globalization;
using PnetPS.Graphs.Svg;

namespace PnetPS.Tests.Graphs;

/// <summary>The contrasts that WCAG 2.2 asks for: 4.5 for text (1.4.3), 3 for what carries meaning (1.4.11).</summary>
public sealed class PaletteTests
{
    public static TheoryData<string> Names => ["light", "dark"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_can_be_read(string name)
    {
        var palette = Named(name);
        (string Text, string Ground)[] pairs =
        [
            (palette.Text, palette.Background), (palette.Muted, palette.Background), (palette.Text, palette.Card), (palette.Text, palette.SeenCard),
            (palette.BadgeText, palette.Badge), (palette.Relayed, palette.Background), (palette.Cut, palette.Background),
        ];
        Assert.All(pairs, pair => Assert.True(Contrast(pair.Text, pair.Ground) >= 4.5, $"{pair}: {Contrast(pair.Text, pair.Ground):F2}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Lines_can_be_seen(string name)
    {
        var palette = Named(name);
        foreach (var line in new[] { palette.Link, palette.Relayed, palette.Cut, palette.CardEdge, palette.SeenEdge })
            Assert.True(Contrast(line, palette.Background) >= 3, $"{line}: {Contrast(line, palette.Background):F2}");
    }

    private static Palette Named(string name) => name == "light" ? Palette.Light : Palette.Dark;

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string colour)
    {
        var parts = Enumerable.Range(0, 3).Select(part => int.Parse(colour.AsSpan(1 + (2 * part), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }
}
