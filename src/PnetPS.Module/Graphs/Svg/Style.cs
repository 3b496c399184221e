namespace PnetPS.Graphs.Svg;

/// <summary>The style sheet of a picture, which needs nothing from outside.</summary>
internal static class Style
{
    public static string Sheet { get; } = $$"""
        text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif }
        .title { font-size: 18px; font-weight: 650 }
        .muted { font-size: 12.5px }
        .name { font-size: 14px; font-weight: 600; text-anchor: middle }
        .badge-text { font-size: 11px; text-anchor: middle }
        .label { font-size: 11px; text-anchor: middle }
        .card { stroke-width: 1.6 }
        .silent .card { stroke-dasharray: 6 4 }
        .stopped .card { stroke-dasharray: 2 3 }
        .stopped .name { opacity: 0.75 }
        .line { fill: none; stroke-width: 1.8; stroke-linecap: round }
        .relayed .line { stroke-dasharray: 0.1 5.5; stroke-width: 2.4 }
        .cut .line { stroke-dasharray: 8 6; stroke-width: 2 }
        .reach { fill: none; stroke: transparent; stroke-width: 14 }
        .link:hover .line { stroke-width: 3.6 }
        .node:hover .card { stroke-width: 3 }
        {{Palette.Light.Rules}}
        @media (prefers-color-scheme: dark) {
        {{Palette.Dark.Rules}}
        }
        """;
}
