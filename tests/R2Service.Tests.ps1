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
    }

    It 'runs a script block of this process for a daemon, as long as both like' {
        $prefix = 'said'
        $service = Register-R2Service shout { process { "$using:prefix $_" } } -SocketPath "$TestDrive/alice.sock"
        $service.Transport | Should -BeLike '{ process*'
        Send-Line (New-R2Tunnel alice/service:shout -AsStream -Node bob) 'one', 'two' | Should -Be 'said one', 'said two'
        (Get-R2Service shout -SocketPath "$TestDrive/alice.sock").Total | Should -Be 1
        Unregister-R2Service shout -SocketPath "$TestDrive/alice.sock"
        Get-R2Service -Node alice | Should -BeNullOrEmpty
        Wait-Condition -What 'the block to end' { -not (Get-Runspace | Where-Object Name -Like 'PnetPS*') }
        # The name is free again, for another one.
        $null = Register-R2Service shout { 'another' } -SocketPath "$TestDrive/alice.sock"
        Send-Line (New-R2Tunnel alice/service:shout -AsStream -Node bob) @() | Should -Be 'another'
    }

    It 'passes on the status of a block that serves a daemon' {
        $null = Register-R2Service broken { throw 'bad' } -SocketPath "$TestDrive/alice.sock"
        $tunnel = New-R2Tunnel alice/service:broken 'cat' -Node bob -Wait
        $tunnel.ExitStatus | Should -Be 1
    }

    It 'ends with the module that runs its block' {
        $shell = Start-Shell "Register-R2Service shout { process { `$_ } } -SocketPath '$TestDrive/alice.sock'; Remove-Module PnetPS"
        $shell.Shell.EndInvoke($shell.Running)
        $shell.Output.Name | Should -Be 'shout'
        Wait-Condition -What 'the end of the service' { -not (Get-R2Service -Node alice) }
        $shell.Shell.Runspace.Dispose()
        $shell.Shell.Dispose()
    }

    It 'listens, and hands connections to a tunnel that waits' {
        $service = Register-R2Service web -Listen tcp://127.0.0.1:0 -Node alice
        $service.Listens | Should -BeTrue
        $service.Listen | Should -Match '^tcp://127\.0\.0\.1:[1-9][0-9]*$'
        ($service | Out-String -Width 100) | Should -BeLike "*web*listening $($service.Listen)*"
        (Get-R2Service web -Node bob -Target alice).Listens | Should -BeTrue
        (Get-R2Service web -Node bob -Target alice).Listen | Should -BeNullOrEmpty
        $tunnel = New-R2Tunnel alice -Service web 'tr a-z A-Z' -Reverse -Node bob
        Send-Endpoint $service.Listen 'hello' | Should -Be 'HELLO'
        $tunnel | Remove-R2Tunnel
        $service | Unregister-R2Service
        { Send-Endpoint $service.Listen 'hello' } | Should -Throw
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
        $taken = (Register-R2Service web -Listen tcp://127.0.0.1:0 -Node alice).Listen
        { Register-R2Service other -Listen $taken -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'AlreadyExists,PnetPS.Commands.RegisterR2ServiceCommand'
        { Register-R2Service other -Listen 'cat' -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.RegisterR2ServiceCommand'
        { Register-R2Service other 'cat' -Listen $taken -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'PositionalParameterNotFound,*'
        { Register-R2Service other ([System.IO.MemoryStream]::new()) -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.RegisterR2ServiceCommand'
        { Unregister-R2Service none -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.UnregisterR2ServiceCommand'
    }
}
