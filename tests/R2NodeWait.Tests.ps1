#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Wait-R2Node' {
    AfterEach {
        Get-R2Node | Stop-R2Node
    }

    It 'returns a node that runs at once' {
        $alice = Start-R2Node alice
        Wait-R2Node alice | Should -Be $alice
        $alice | Wait-R2Node -Timeout 60s | Should -Be $alice
        Wait-R2Node | Should -Be $alice
    }

    It 'waits for a daemon that is yet to be started' {
        $path = "$TestDrive/later.sock"
        $shell = Start-Waiting "Wait-R2Node -SocketPath '$path' -Timeout 60s"
        $null = Start-R2Node alice -SocketPath $path
        (Complete-Shell $shell).Name | Should -Be 'alice'
    }

    It 'waits for links, <case>' -ForEach @(
        @{ Case = 'in this process'; Where = '-Node alice' }
        @{ Case = 'at a daemon'; Where = "-SocketPath '{0}/alice.sock'" }
    ) {
        (Invoke-WhileLinking "Wait-R2Node -Peers 2 -Timeout 60s $($Where -f $TestDrive)").Peers | Should -Be 2
    }

    It 'waits until a node has stopped, <case>' -ForEach @(
        @{ Case = 'in this process'; Where = '-Node alice' }
        @{ Case = 'at a daemon'; Where = "-SocketPath '{0}/alice.sock'" }
    ) {
        $alice = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
        $shell = Start-Shell "Get-R2Node -SocketPath '$TestDrive/alice.sock'; Wait-R2Node -State Stopped -Timeout 60s $($Where -f $TestDrive)"
        Wait-Condition -What 'the start' { $shell.Output.Count -gt 0 }
        $alice | Stop-R2Node
        Wait-Condition -What 'the end of the wait' { $shell.Running.IsCompleted }
        $shell.Shell.Streams.Error | ForEach-Object FullyQualifiedErrorId | Should -BeIn $null, 'NotFound,PnetPS.Commands.WaitR2NodeCommand'
        $shell.Output | Select-Object -Skip 1 | ForEach-Object State | Should -BeIn $null, 'Stopped'
        Stop-Shell $shell
    }

    It 'has nothing to wait for where a node has stopped' {
        $alice = Start-R2Node alice
        $alice | Stop-R2Node
        (Wait-R2Node $alice -State Stopped).State | Should -Be Stopped
        Wait-R2Node -SocketPath "$TestDrive/nobody.sock" -State Stopped | Should -BeNullOrEmpty
    }

    It 'says what it waited for in vain: <case>' -ForEach @(
        @{ Case = 'a daemon'; Parameters = @{ SocketPath = '{0}/nobody.sock' }; Message = '*0.05 s*a node to answer at *nobody.sock*' }
        @{ Case = 'links'; Parameters = @{ Node = 'alice'; Peers = 3 }; Message = '*0.05 s*3 links of alice*' }
        @{ Case = 'an end'; Parameters = @{ Node = 'alice'; State = 'Stopped' }; Message = '*0.05 s*alice to stop*' }
    ) {
        $null = Start-R2Node alice
        if ($Parameters.SocketPath) { $Parameters.SocketPath = $Parameters.SocketPath -f $TestDrive }
        $failure = { Wait-R2Node @Parameters -Timeout 50ms -ErrorAction Stop } | Should -Throw $Message -ErrorId 'TimedOut,PnetPS.Commands.WaitR2NodeCommand' -PassThru
        $failure.CategoryInfo.Category | Should -Be OperationTimeout
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-Timeout*'
    }

    It 'refuses <case>' -ForEach @(
        @{ Case = 'links of a node that has stopped'; Parameters = @{ Node = 'alice'; State = 'Stopped'; Peers = 1 }; Id = 'InvalidInput' }
        @{ Case = 'a node that nobody knows'; Parameters = @{ Node = 'nobody' }; Id = 'NotFound' }
    ) {
        $null = Start-R2Node alice
        { Wait-R2Node @Parameters -ErrorAction Stop } | Should -Throw -ErrorId "$Id,PnetPS.Commands.WaitR2NodeCommand"
    }

    It 'ends with Ctrl+C' {
        $shell = Start-Waiting "Wait-R2Node -SocketPath '$TestDrive/nobody.sock' -Timeout 1h"
        Stop-Shell $shell
    }
}
