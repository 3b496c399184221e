#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $null = Start-Pair $TestDrive
    $null = Start-R2Node carol -SocketPath "$TestDrive/carol.sock"
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Get-R2Metric' {
    It 'counts' {
        $metric = Get-R2Metric links -Node alice
        $metric.Name | Should -Be 'links'
        $metric.Value | Should -Be 1
        "$metric" | Should -Be 'links 1'
        (Get-R2Metric links.bytes.* -Node alice).Value | ForEach-Object { $_ | Should -BeGreaterThan 0 }
    }

    It 'counts at nodes that are piped in and at daemons' {
        (Get-R2Node alice, bob | Get-R2Metric links).Value | Should -Be 1, 1
        (Get-R2Metric links -SocketPath "$TestDrive/carol.sock").Value | Should -Be 0
    }

    It 'says so when there is no such counter' {
        { Get-R2Metric nothing -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.GetR2MetricCommand'
    }
}
