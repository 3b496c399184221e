# The cmdlets and what they depend on live in a load context of their own. PnetPS.dll, which makes it, is all that
# PowerShell's own context sees of them.
$folder = [System.IO.Path]::Combine($PSScriptRoot, 'bin')
if (-not ('PnetPS.ModuleContext' -as [type])) {
    $null = [System.Reflection.Assembly]::LoadFrom([System.IO.Path]::Combine($folder, 'PnetPS.dll'))
}

# PowerShell has room for one cmdlet of a name and a module's name: without a prefix, its import of a second version fails.
$other = Get-Module PnetPS | Where-Object ModuleBase -NE $PSScriptRoot
if ($other) {
    Write-Warning "PnetPS $($other.Version) is in this session as well, from $($other.ModuleBase). Remove-Module it first, or import one of the two with -Prefix."
}

$assembly = [PnetPS.ModuleContext]::Load($folder)
$cmdlets = Microsoft.PowerShell.Core\Import-Module -Assembly $assembly -PassThru

# An assembly that this process has imported before exports nothing to the module that imports it again
# (PowerShell issue 20710), so each cmdlet is handed over by name.
$module = $ExecutionContext.SessionState.Module
if ($module.ExportedCmdlets.Count -eq 0) {
    $export = $module.GetType().GetMethod('AddExportedCmdlet', [System.Reflection.BindingFlags]'Instance, NonPublic')
    foreach ($cmdlet in $cmdlets.ExportedCmdlets.Values) {
        $null = $export.Invoke($module, @($cmdlet))
    }
}

# What is shown of a message beside objects of other types, where PowerShell makes lists: not its whole text, and nothing that a
# terminal would obey. A file of types would not load twice, as with two versions in one session.
Update-TypeData -TypeName PnetPS.R2Message -DefaultDisplayPropertySet FromName, From, ReceivedAt, Kind, Size, Preview -Force

# Operators for Pester, which are read when they are wanted: at once where Pester is in the session already.
function Register-R2ShouldOperator {
    [CmdletBinding()]
    param()

    . ([System.IO.Path]::Combine($PSScriptRoot, 'PnetPS.Should.ps1'))
    Add-R2ShouldOperator $PSCmdlet
}

if ((Get-Module Pester).Version -ge [version] '5.5') { Register-R2ShouldOperator }
Export-ModuleMember -Function Register-R2ShouldOperator -Cmdlet *
