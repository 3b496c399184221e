namespace PnetPS;

/// <summary>Which nodes of a lab know each other, and so may use each other's services.</summary>
public enum R2RecipeTrust
{
    /// <summary>All of them: they have one owner.</summary>
    All,

    /// <summary>Those that are linked.</summary>
    Neighbours,

    /// <summary>None; each node and service says in <c>Allow</c> who may use it.</summary>
    None,
}
