#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # carol - alice - bob: carol and bob know each other through alice only.
    $pair = Start-Pair $TestDrive
    $alice, $bob = $pair.Alice, $pair.Bob
    $carol = Start-R2Node carol -Allow * -TunnelProcess 'cat'
    $null = Connect-R2Node "unix://$TestDrive/alice" -Node carol -NodeId $alice.Id
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Get-R2Peer' {
    It 'lists links as objects' {
        $peer = Get-R2Peer -Node bob
        $peer.Name | Should -Be 'alice'
        $peer.Address | Should -BeExactly $alice.Id
        $peer.RoundTrip | Should -BeOfType ([PnetPS.R2Duration])
        $peer.ConnectedAt | Should -BeOfType datetime
        $peer.Outbound | Should -BeTrue
        "$peer" | Should -Be 'alice'
    }

    It 'lists the links of nodes that are piped in' {
        (Get-R2Node | Get-R2Peer).Name | Sort-Object | Should -Be 'alice', 'alice', 'bob', 'carol'
    }

    It 'finds links by name, wildcard and id' {
        (Get-R2Peer bob -Node alice).Id | Should -BeExactly $bob.Id
        (Get-R2Peer 'c*' -Node alice).Id | Should -BeExactly $carol.Id
        (Get-R2Peer $bob.Id.Substring(0, 8) -Node alice).Name | Should -Be 'bob'
        { Get-R2Peer nobody -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.GetR2PeerCommand'
    }

    It 'lists the links of a far node' {
        $peers = Get-R2Peer -Node bob -Target alice
        $peers.Name | Sort-Object | Should -Be 'bob', 'carol'
        ($peers | Where-Object Name -EQ carol).Address | Should -BeExactly "alice/$($carol.Id)"
    }

    It 'refuses to close a link of a far node' {
        { Get-R2Peer -Node bob -Target alice | Disconnect-R2Node -ErrorAction Stop } |
            Should -Throw -ErrorId 'PeerRefused,PnetPS.Commands.DisconnectR2NodeCommand'
    }

    It 'becomes JSON and CSV' {
        (Get-R2Peer -Node bob | ConvertTo-Json | ConvertFrom-Json).Id | Should -BeExactly $alice.Id
        (Get-R2Peer -Node bob | ConvertTo-Csv | ConvertFrom-Csv).Node | Should -Be 'bob'
    }

    It 'completes peers, hop by hop' {
        (TabExpansion2 'Test-R2Peer -Node bob -Address a').CompletionMatches.CompletionText | Should -Be 'alice'
        (TabExpansion2 'Test-R2Peer -Node bob -Address alice/c').CompletionMatches.CompletionText | Should -Be 'alice/carol'
        (TabExpansion2 'Disconnect-R2Node -Node alice ').CompletionMatches.CompletionText | Sort-Object | Should -Be 'bob', 'carol'
    }
}

Describe 'Test-R2Peer' {
    It 'tells each round trip' {
        $replies = Test-R2Peer alice -Node bob -Count 3 -Interval 10ms -Size 100
        $replies.Sequence | Should -Be 1, 2, 3
        $replies | ForEach-Object {
            $_.Success | Should -BeTrue
            $_.Size | Should -Be 100
            $_.RoundTrip | Should -BeGreaterThan ([timespan]::Zero)
            $_.Id | Should -BeExactly $alice.Id
        }
    }

    It 'reaches a far node by its path' {
        (Test-R2Peer alice/carol -Node bob -Count 1).Id | Should -BeExactly $carol.Id
    }

    It 'takes peers and nodes through the pipeline' {
        Get-R2Node bob | Get-R2Peer | Test-R2Peer -Count 1 -Quiet | Should -BeTrue
        $bob, $carol | Test-R2Peer -Node alice -Count 1 -Quiet | Should -Be $true, $true
    }

    It 'says false quietly, and why aloud' {
        Test-R2Peer nobody -Node bob -Count 1 -Quiet | Should -BeFalse
        { Test-R2Peer nobody -Node bob -Count 1 -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.TestR2PeerCommand'
        { Test-R2Peer 'a//b' -Node bob -Quiet -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.TestR2PeerCommand'
    }

    It 'reads durations as people write them, and no others' {
        (Get-Command Test-R2Peer).Parameters['Timeout'].ParameterType | Should -Be ([timespan])
        { Test-R2Peer alice -Node bob -Count 1 -Timeout 1.5s } | Should -Not -Throw
        { Test-R2Peer alice -Node bob -Count 1 -Timeout 2 } | Should -Not -Throw
        { Test-R2Peer alice -Node bob -Count 1 -Timeout 00:00:02 } | Should -Not -Throw
        { Test-R2Peer alice -Node bob -Timeout soon } | Should -Throw '*no duration*'
        { Test-R2Peer alice -Node bob -Timeout 0 } | Should -Throw '*no duration*'
    }

    It 'goes on until Ctrl+C, and stops at once' {
        $shell = Start-Shell 'Test-R2Peer alice -Node bob -Continuous -Interval 1h'
        Wait-Condition -What 'the first reply' { $shell.Output.Count -gt 0 }
        Stop-Shell $shell
    }

    It 'stops when the pipeline has enough' {
        Test-R2Peer alice -Node bob -Continuous -Interval 1ms | Select-Object -First 3 | Should -HaveCount 3
    }
}
