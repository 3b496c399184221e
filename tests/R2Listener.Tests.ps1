#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $alice = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
    $bob = Start-R2Node bob
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'R2Listener' {
    AfterEach {
        Get-R2Listener -Node alice | Remove-R2Listener
    }

    It 'accepts links where it says' {
        $listener = New-R2Listener tcp://127.0.0.1:0 -Node alice
        $listener.Endpoint | Should -Match '^tcp://127\.0\.0\.1:[1-9]\d*$'
        $listener.Accepted | Should -Be 0
        "$listener" | Should -Be $listener.Endpoint
        (Connect-R2Node $listener.Endpoint -Node bob -NodeId $alice.Id).State | Should -Be Up
        (Get-R2Listener -Node alice).Accepted | Should -Be 1
    }

    It 'is driven through the manager socket as well' {
        $listener = New-R2Listener "unix://$TestDrive/one" -SocketPath "$TestDrive/alice.sock"
        (Get-R2Listener -SocketPath "$TestDrive/alice.sock").Endpoint | Should -Be $listener.Endpoint
        (Get-R2Listener -Node alice).Endpoint | Should -Be $listener.Endpoint
        Remove-R2Listener $listener.Endpoint -SocketPath "$TestDrive/alice.sock"
        Get-R2Listener -Node alice | Should -BeNullOrEmpty
    }

    It 'goes through the pipeline, by value and by property name' {
        "unix://$TestDrive/one", "unix://$TestDrive/two" | New-R2Listener -Node alice | Should -HaveCount 2
        [pscustomobject] @{ Endpoint = "unix://$TestDrive/three"; Node = 'alice' } | New-R2Listener
        Get-R2Node alice | Get-R2Listener | Should -HaveCount 3
        (Get-R2Listener '*two' -Node alice).Endpoint | Should -BeLike '*two'
        Get-R2Node | Get-R2Listener | Remove-R2Listener
        Get-R2Listener -Node alice | Should -BeNullOrEmpty
    }

    It 'keeps links that came through it' {
        $listener = New-R2Listener "unix://$TestDrive/kept" -Node alice
        $peer = Connect-R2Node $listener.Endpoint -Node bob -NodeId $alice.Id
        $listener | Remove-R2Listener
        (Get-R2Peer -Node bob | Where-Object Link -EQ $peer.Link).State | Should -Be Up
    }

    It 'changes nothing with -WhatIf' {
        New-R2Listener tcp://127.0.0.1:0 -Node alice -WhatIf | Should -BeNullOrEmpty
        Get-R2Listener -Node alice | Should -BeNullOrEmpty
        $listener = New-R2Listener tcp://127.0.0.1:0 -Node alice
        $listener | Remove-R2Listener -WhatIf
        (Get-R2Listener -Node alice).Endpoint | Should -Be $listener.Endpoint
    }

    It 'completes endpoints' {
        $listener = New-R2Listener tcp://127.0.0.1:0 -Node alice
        (TabExpansion2 'Remove-R2Listener -Node alice -Endpoint tcp').CompletionMatches.ListItemText | Should -Be $listener.Endpoint
    }

    It 'says what is wrong, and goes on with the next' {
        { New-R2Listener 'nonsense://x' -Node alice -ErrorAction Stop } | Should -Throw -ErrorId '*,PnetPS.Commands.NewR2ListenerCommand'
        { Get-R2Listener tcp://1.2.3.4:5 -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.GetR2ListenerCommand'
        $listener = New-R2Listener tcp://127.0.0.1:0 -Node alice
        Remove-R2Listener tcp://1.2.3.4:5, $listener.Endpoint -Node alice -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -Be 'NotFound,PnetPS.Commands.RemoveR2ListenerCommand'
        $failed[0].TargetObject | Should -Be 'tcp://1.2.3.4:5'
        Get-R2Listener -Node alice | Should -BeNullOrEmpty
    }
}
