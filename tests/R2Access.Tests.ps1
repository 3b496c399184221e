#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $bob = Start-R2Node bob
    $alice = Start-R2Node alice -Listen "unix://$TestDrive/alice" -SocketPath "$TestDrive/alice.sock" -TunnelProcess 'cat'
    $null = Connect-R2Node "unix://$TestDrive/alice" -Node bob
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'R2Access' {
    AfterEach {
        Get-R2Access -Node alice | Revoke-R2Access
    }

    It 'opens services to a node, and closes them again' {
        { New-R2Tunnel alice -AsStream -Node bob -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        $access = Grant-R2Access $bob.Id robert -Node alice
        $access.Id | Should -BeExactly $bob.Id
        $access.Name | Should -Be 'robert'
        "$access" | Should -Be 'robert'
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) 'let in' | Should -Be 'let in'
        Revoke-R2Access robert -Node alice
        { New-R2Tunnel alice -AsStream -Node bob -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
    }

    It 'takes <case>' -ForEach @(
        @{ Case = 'an id'; Grant = { Grant-R2Access $bob.Id -Node alice } }
        @{ Case = 'the name of a node of this process'; Grant = { Grant-R2Access bob -Node alice } }
        @{ Case = 'a node'; Grant = { $bob | Grant-R2Access -Node alice } }
        @{ Case = 'a peer'; Grant = { Get-R2Peer bob -Node alice | Grant-R2Access } }
        @{ Case = 'rows with an Id'; Grant = { [pscustomobject] @{ Id = $bob.Id; Name = 'bob' } | Grant-R2Access -Node alice } }
    ) {
        & $Grant
        (Get-R2Access -Node alice).Id | Should -BeExactly $bob.Id
    }

    It 'revokes by the name of a node of this process, unless somebody else is called so there' {
        $other = New-R2Identity "$TestDrive/other.key"
        $null = Grant-R2Access $bob.Id -Node alice
        $null = Grant-R2Access $other.Id bob -Node alice
        Revoke-R2Access bob -Node alice
        (Get-R2Access -Node alice).Id | Should -BeExactly $bob.Id
        Revoke-R2Access bob -Node alice
        Get-R2Access -Node alice | Should -BeNullOrEmpty
    }

    It 'is driven through the manager socket as well' {
        $null = Grant-R2Access $bob.Id bob -SocketPath "$TestDrive/alice.sock"
        (Get-R2Access -SocketPath "$TestDrive/alice.sock").Name | Should -Be 'bob'
        Revoke-R2Access $bob.Id -SocketPath "$TestDrive/alice.sock"
        Get-R2Access -Node alice | Should -BeNullOrEmpty
    }

    It 'finds those who are known by name, wildcard and id' {
        $null = Grant-R2Access $bob.Id robert -Node alice
        (Get-R2Access robert -Node alice).Id | Should -BeExactly $bob.Id
        (Get-R2Access 'r*' -Node alice).Id | Should -BeExactly $bob.Id
        (Get-R2Access $bob.Id.Substring(0, 8) -Node alice).Name | Should -Be 'robert'
        (TabExpansion2 'Revoke-R2Access -Node alice -Id r').CompletionMatches.CompletionText | Should -Be 'robert'
    }

    It 'changes nothing with -WhatIf' {
        Grant-R2Access bob -Node alice -WhatIf | Should -BeNullOrEmpty
        $null = Grant-R2Access bob -Node alice
        Get-R2Access -Node alice | Revoke-R2Access -WhatIf
        Get-R2Access -Node alice | Should -HaveCount 1
    }

    It 'says what is wrong' {
        { Grant-R2Access nobody -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.GrantR2AccessCommand'
        { Get-R2Access nobody -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.GetR2AccessCommand'
        { Revoke-R2Access $bob.Id -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.RevokeR2AccessCommand'
    }
}
