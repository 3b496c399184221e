#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $pair = Start-Pair $TestDrive
    $alice, $bob = $pair.Alice, $pair.Bob
    $carol = Start-R2Node carol -SocketPath "$TestDrive/carol.sock"
    $null = Connect-R2Node "unix://$TestDrive/alice" -Node carol -NodeId $alice.Id
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Trace-R2Route' {
    It 'shows each node of a path' {
        $hops = Trace-R2Route alice/carol -Node bob
        $hops.Hop | Should -Be 1, 2
        $hops.Name | Should -Be 'alice', 'carol'
        $hops.Id | Should -Be $alice.Id, $carol.Id
        $hops.Success | Should -Be $true, $true
        $hops[0].RoundTrip | Should -BeOfType ([PnetPS.R2Duration])
        $hops[0].Transport | Should -BeLike 'unix:*'
        "$($hops[1])" | Should -BeLike '2 alice/carol *s'
    }

    It 'ends at the first node that is not there, and says why' {
        $hops = @(Trace-R2Route alice/nobody/carol -Node bob)
        $hops | Should -HaveCount 2
        $hops[1].Success | Should -BeFalse
        $hops[1].Error | Should -BeLike '*nobody*'
    }

    It 'takes peers through the pipeline' {
        (Get-R2Peer alice -Node bob | Trace-R2Route).Name | Should -Be 'alice'
    }

    It 'starts at a daemon' {
        (Trace-R2Route alice -SocketPath "$TestDrive/carol.sock").Id | Should -BeExactly $alice.Id
    }

    It 'refuses what is no path' {
        { Trace-R2Route 'a//b' -Node bob -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.TraceR2RouteCommand'
    }
}
