namespace Pnet.Services;

/// <summary>Where it is written down that a node is known.</summary>
public enum AccessSource
{
    /// <summary>The trust file.</summary>
    TrustFile,

    /// <summary>Named when the node was started (<c>--allow</c>).</summary>
    Allow,

    /// <summary>A link to it was asked for by its id.</summary>
    Pinned,
}
