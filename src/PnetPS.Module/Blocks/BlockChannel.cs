namespace PnetPS.Blocks;

/// <summary>What a script block can say something on beside its output: PowerShell's other streams.</summary>
internal enum BlockChannel
{
    /// <summary>An <see cref="System.Management.Automation.ErrorRecord"/>.</summary>
    Error,

    /// <summary>A text, from <c>Write-Warning</c>.</summary>
    Warning,

    /// <summary>A text, from <c>Write-Verbose</c>.</summary>
    Verbose,

    /// <summary>A text, from <c>Write-Debug</c>.</summary>
    Debug,

    /// <summary>An <see cref="System.Management.Automation.InformationRecord"/>, from <c>Write-Information</c> and <c>Write-Host</c>.</summary>
    Information,

    /// <summary>A <see cref="System.Management.Automation.ProgressRecord"/>.</summary>
    Progress,
}
