namespace PnetPS.Graphs.Svg;

/// <summary>The colours of a picture. What matters is told by form as well: dashes, dots, words.</summary>
internal sealed record Palette(
    string Background, string Text, string Muted, string Card, string CardEdge, string SeenCard, string SeenEdge,
    string Badge, string BadgeText, string Link, string Relayed, string Cut)
{
    /// <summary>On paper.</summary>
    public static Palette Light { get; } = new(
        Background: "#ffffff", Text: "#172033", Muted: "#54617a", Card: "#edf3ff", CardEdge: "#3565cf", SeenCard: "#f5f7fa", SeenEdge: "#7a879c",
        Badge: "#d3f0e4", BadgeText: "#0a4f3a", Link: "#64748b", Relayed: "#7c3aed", Cut: "#c2410c");

    /// <summary>In the dark.</summary>
    public static Palette Dark { get; } = new(
        Background: "#0e1420", Text: "#e8edf7", Muted: "#a3b0c7", Card: "#172a50", CardEdge: "#6d9bf7", SeenCard: "#1b2333", SeenEdge: "#7d8ba3",
        Badge: "#123f33", BadgeText: "#9ce8cb", Link: "#8393ac", Relayed: "#b794ff", Cut: "#ff9a62");

    /// <summary>The rules that put the colours where they belong.</summary>
    public string Rules => $$"""
        .back { fill: {{Background}} }
        .title, .name { fill: {{Text}} }
        .muted, .label { fill: {{Muted}} }
        .plate { fill: {{Background}} }
        .card { fill: {{Card}}; stroke: {{CardEdge}} }
        .seen .card, .silent .card, .stopped .card { fill: {{SeenCard}}; stroke: {{SeenEdge}} }
        .badge { fill: {{Badge}} }
        .badge-text { fill: {{BadgeText}} }
        .line { stroke: {{Link}} }
        .relayed .line { stroke: {{Relayed}} }
        .cut .line { stroke: {{Cut}} }
        .relayed .label { fill: {{Relayed}} }
        .cut .label { fill: {{Cut}} }
        """;
}
