namespace PnetPS.Blocks;

/// <summary>How a script block takes its transport.</summary>
internal enum BlockForm
{
    /// <summary><c>param($Stream)</c>: both directions as a stream.</summary>
    Stream,

    /// <summary>Lines come through the pipeline.</summary>
    Lines,

    /// <summary>A <c>[byte[]]</c> parameter: bytes come through the pipeline, as many at a time as arrived.</summary>
    Bytes,
}
