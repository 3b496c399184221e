using PnetPS.Graphs.Layout;
using PnetPS.Graphs.Text;

namespace PnetPS.Graphs.Svg;

/// <summary>How a node is drawn: a card with its name, and its services as badges below.</summary>
internal sealed class Card
{
    public const double NameFont = 14;
    public const double BadgeFont = 11;
    public const double BadgeHeight = 18;

    private const int MostBadges = 3;
    private const double BadgeGap = 5;
    private const double Padding = 14;

    // Names are in bold letters, which are wider.
    private const double Bold = 1.06;

    private Card(GraphNode node, string name, IReadOnlyList<Badge> badges, Size size)
    {
        Node = node;
        Name = name;
        Badges = badges;
        Size = size;
    }

    public GraphNode Node { get; }

    /// <summary>What is written on it.</summary>
    public string Name { get; }

    /// <summary>Its services; where there are many, the last says how many more.</summary>
    public IReadOnlyList<Badge> Badges { get; }

    public Size Size { get; }

    /// <summary>Where the name's baseline is, below the card's top.</summary>
    public double NameLine => Badges.Count == 0 ? (Size.Height / 2) + 5 : 22;

    /// <summary>Where the badges' top is, below the card's.</summary>
    public static double BadgeLine => 31;

    public static Card Of(GraphNode node, string label)
    {
        var name = GraphText.Clean(label, GraphText.MaxLabel);
        var texts = node.Services.Take(MostBadges).Select(service => GraphText.Clean(service, 16)).ToList();
        if (node.Services.Count > MostBadges)
            texts.Add($"+{node.Services.Count - MostBadges}");

        var widths = texts.ConvertAll(text => SvgText.Width(text, BadgeFont) + 12);
        var row = widths.Sum() + (BadgeGap * Math.Max(0, widths.Count - 1));
        var width = Math.Ceiling(Math.Max(60, Math.Max((SvgText.Width(name, NameFont) * Bold) + (2 * Padding), row + 20)));
        var left = (width - row) / 2;
        var badges = new List<Badge>();
        for (var i = 0; i < texts.Count; i++)
        {
            badges.Add(new Badge(texts[i], left, widths[i]));
            left += widths[i] + BadgeGap;
        }

        return new Card(node, name, badges, new Size(width, badges.Count == 0 ? 36 : 58));
    }

    /// <summary>A service on a card; the place is from the card's left.</summary>
    internal sealed record Badge(string Text, double Left, double Width);
}
