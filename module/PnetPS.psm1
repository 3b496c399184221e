# The cmdlets and what they depend on live in a load context of their own. PnetPS.dll, which makes it, is all that
# PowerShell's own context sees of them.
$folder = [System.IO.Path]::Combine($PSScriptRoot, 'bin')
if (-not ('PnetPS.ModuleContext' -as [type])) {
    $null = [System.Reflection.Assembly]::LoadFrom([System.IO.Path]::Combine($folder, 'PnetPS.dll'))
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
