@{
    RootModule = 'PnetPS.psm1'
    ModuleVersion = '0.1.0'
    GUID = '0b2f4f0e-9c0a-4f43-9d5e-6d2f2b7c51a8'
    Author = 'The PnetPS authors'
    CompanyName = 'Community'
    Copyright = '(c) The PnetPS authors. MIT license.'
    Description = 'Transport-agnostic peer-to-peer overlay networks: nodes in your session or in daemons, links over any program, URI or script block, tunnels between them.'

    # .NET 10 comes with PowerShell 7.6.
    PowerShellVersion = '7.6'
    CompatiblePSEditions = @('Core')

    FormatsToProcess = @('PnetPS.Format.ps1xml')

    # Written out, so that the module loads by itself when one of them is called.
    CmdletsToExport = @(
        'Connect-R2Node'
        'Disconnect-R2Node'
        'Export-R2Graph'
        'Find-R2Route'
        'Get-R2Access'
        'Get-R2Command'
        'Get-R2Content'
        'Get-R2Event'
        'Get-R2File'
        'Get-R2Identity'
        'Get-R2Lab'
        'Get-R2LabLink'
        'Get-R2Listener'
        'Get-R2Metric'
        'Get-R2Node'
        'Get-R2Peer'
        'Get-R2Service'
        'Get-R2Tunnel'
        'Grant-R2Access'
        'Invoke-R2Command'
        'Invoke-R2Service'
        'New-R2Identity'
        'New-R2Lab'
        'New-R2Listener'
        'New-R2Ticket'
        'New-R2Tunnel'
        'Publish-R2Content'
        'Receive-R2File'
        'Receive-R2Message'
        'Register-R2Command'
        'Register-R2Service'
        'Remove-R2Lab'
        'Remove-R2Listener'
        'Remove-R2Tunnel'
        'Resume-R2LabLink'
        'Revoke-R2Access'
        'Send-R2File'
        'Send-R2Message'
        'Start-R2Node'
        'Stop-R2Node'
        'Suspend-R2LabLink'
        'Test-R2Peer'
        'Test-R2Recipe'
        'Trace-R2Route'
        'Unpublish-R2Content'
        'Unregister-R2Command'
        'Unregister-R2Service'
        'Wait-R2Node'
        'Wait-R2Peer'
        'Watch-R2Event'
    )
    FunctionsToExport = @('Register-R2ShouldOperator')
    VariablesToExport = @()
    AliasesToExport = @()

    PrivateData = @{
        PSData = @{
            Tags = @('network', 'overlay', 'p2p', 'tunnel', 'Linux', 'Windows', 'MacOS')
            ReleaseNotes = 'CHANGELOG.md, which comes with the package, tells what each version brought.'
        }
    }
}
