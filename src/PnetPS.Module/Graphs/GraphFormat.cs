namespace PnetPS.Graphs;

/// <summary>How a graph is written.</summary>
public enum GraphFormat
{
    /// <summary>A Mermaid flowchart, for Markdown.</summary>
    Mermaid,

    /// <summary>Graphviz's language.</summary>
    Dot,

    /// <summary>JSON, for programs.</summary>
    Json,

    /// <summary>A picture.</summary>
    Svg,
}
