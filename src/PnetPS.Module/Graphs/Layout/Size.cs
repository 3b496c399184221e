namespace PnetPS.Graphs.Layout;

/// <summary>What room something takes, in pixels.</summary>
internal readonly record struct Size(double Width, double Height);
