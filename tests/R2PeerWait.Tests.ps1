#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Wait-R2Peer' {
    AfterEach {
        Get-R2Node | Stop-R2Node
    }

    It 'returns links that are up at once' {
        $null = Start-Pair $TestDrive
        (Wait-R2Peer -Node bob).Name | Should -Be 'alice'
        (Get-R2Node bob | Wait-R2Peer 'al*' -Timeout 60s).State | Should -Be Up
    }

    It 'waits for a link to come up, <case>' -ForEach @(
        @{ Case = 'in this process'; Where = '-Node alice' }
        @{ Case = 'at a daemon'; Where = "-SocketPath '{0}/alice.sock'" }
    ) {
        (Invoke-WhileLinking "Wait-R2Peer bob, carol -Timeout 60s $($Where -f $TestDrive)").Name | Sort-Object | Should -Be 'bob', 'carol'
    }

    It 'says so when the time is over, and why' {
        $null = Start-R2Node bob
        { Wait-R2Peer nobody -Node bob -Timeout 50ms -ErrorAction Stop } | Should -Throw '*no link to nobody was up within 0.05 s*' -ErrorId 'TimedOut,PnetPS.Commands.WaitR2PeerCommand'
    }

    It 'ends with Ctrl+C' {
        $null = Start-R2Node bob
        $shell = Start-Waiting 'Wait-R2Peer -Node bob -Timeout 1h'
        Stop-Shell $shell
    }

    It 'ends with its node' {
        $bob = Start-R2Node bob
        $shell = Start-Waiting 'try { Wait-R2Peer -Node bob -Timeout 1h -ErrorAction Stop } catch { "$($_.FullyQualifiedErrorId)" }'
        $bob | Stop-R2Node
        Complete-Shell $shell | Should -Match '^(NodeClosed|NotFound),PnetPS.Commands.WaitR2PeerCommand'
    }
}
