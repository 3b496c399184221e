#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $bob = Start-R2Node bob
    $alice = Start-R2Node alice -Listen "unix://$TestDrive/alice" -SocketPath "$TestDrive/alice.sock"
    $null = Connect-R2Node "unix://$TestDrive/alice" -Node bob -NodeId $alice.Id
    $null = Grant-R2Access bob -Node alice
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'R2Service' {
    AfterEach {
        Get-R2Service -Node alice | Unregister-R2Service
    }

    It 'runs <case>' -ForEach @(
        @{ Case = 'a program'; Transport = 'tr a-z A-Z'; Expected = 'HELLO' }
        @{ Case = 'a script block'; Transport = { process { "heard: $_" } }; Expected = 'heard: hello' }
    ) {
        $service = Register-R2Service shout $Transport -Node alice
        $service.Name | Should -Be 'shout'
        $service.Transport | Should -Be "$($Transport -is [scriptblock] ? "{$Transport}" : $Transport)"
        "$service" | Should -Be 'shout'
        Send-Line (New-R2Tunnel alice/service:shout -AsStream -Node bob) 'hello' | Should -Be $Expected
        (Get-R2Service shout -Node alice).Total | Should -Be 1
    }

    It 'is shown by a far node to those who may use it, and its address is one for a tunnel' {
        $null = Register-R2Service echo 'cat' -Node alice
        $service = Get-R2Service -Node bob -Target alice
        $service.Name | Should -Be 'echo'
        $service.Transport | Should -BeNullOrEmpty
        $service | New-R2Tunnel -AsStream | ForEach-Object { Send-Line $_ 'far' } | Should -Be 'far'
        { $service | Unregister-R2Service -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,PnetPS.Commands.UnregisterR2ServiceCommand'
    }

    It 'lets in those that -Allow names' {
        $carol = Start-R2Node carol
        $null = Connect-R2Node "unix://$TestDrive/alice" -Node carol
        $null = Register-R2Service closed 'cat' -Node alice
        $null = Register-R2Service for-carol 'cat' -Allow $carol.Id -Node alice
        (Register-R2Service open 'cat' -Allow * -Node alice).Allow | Should -Be '*'
        Send-Line (New-R2Tunnel alice -Service for-carol -AsStream -Node carol) 'a' | Should -Be 'a'
        Send-Line (New-R2Tunnel alice -Service open -AsStream -Node carol) 'b' | Should -Be 'b'
        { New-R2Tunnel alice -Service closed -AsStream -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        $carol | Stop-R2Node
    }

    It 'is driven through the manager socket as well' {
        $null = Register-R2Service echo 'cat' -SocketPath "$TestDrive/alice.sock"
        (Get-R2Service -SocketPath "$TestDrive/alice.sock").Transport | Should -Be 'cat'
        Unregister-R2Service echo -SocketPath "$TestDrive/alice.sock"
        Get-R2Service -Node alice | Should -BeNullOrEmpty
        { Register-R2Service block { 1 } -SocketPath "$TestDrive/alice.sock" -ErrorAction Stop } |
            Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.RegisterR2ServiceCommand'
    }

    It 'goes through the pipeline' {
        "Name,Transport`none,cat`ntwo,date" | ConvertFrom-Csv | Register-R2Service -Node alice | Should -HaveCount 2
        (Get-R2Service 't*' -Node alice).Transport | Should -Be 'date'
        'one' | Unregister-R2Service -Node alice
        Get-R2Node alice | Get-R2Service | Unregister-R2Service
        Get-R2Service -Node alice | Should -BeNullOrEmpty
    }

    It 'leaves open tunnels when it goes' {
        $null = Register-R2Service echo { process { "<$_>" } } -Node alice
        $stream = New-R2Tunnel alice -Service echo -AsStream -Node bob
        Unregister-R2Service echo -Node alice
        Send-Line $stream 'still' | Should -Be '<still>'
        { New-R2Tunnel alice -Service echo -AsStream -Node bob -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
    }

    It 'changes nothing with -WhatIf' {
        Register-R2Service echo 'cat' -Node alice -WhatIf | Should -BeNullOrEmpty
        $null = Register-R2Service echo 'cat' -Node alice
        Unregister-R2Service echo -Node alice -WhatIf
        (Get-R2Service -Node alice).Name | Should -Be 'echo'
    }

    It 'completes names' {
        $null = Register-R2Service echo 'cat' -Node alice
        (TabExpansion2 'Unregister-R2Service -Node alice -Name e').CompletionMatches.CompletionText | Should -Be 'echo'
    }

    It 'says what is wrong' {
        $null = Register-R2Service echo 'cat' -Node alice
        { Register-R2Service echo { 1 } -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'AlreadyExists,PnetPS.Commands.RegisterR2ServiceCommand'
        { Register-R2Service 'no name' 'cat' -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.RegisterR2ServiceCommand'
        { Get-R2Service none -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.GetR2ServiceCommand'
        { Unregister-R2Service none -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.UnregisterR2ServiceCommand'
    }
}
