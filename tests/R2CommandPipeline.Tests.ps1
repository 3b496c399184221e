#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# Commands in pipelines: whom they call, and what they take from what is piped.
BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $alice = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
    $bob = Start-R2Node bob -Listen "unix://$TestDrive/bob" -Allow $alice.Id
    $carol = Start-R2Node carol -Listen "unix://$TestDrive/carol" -Allow $alice.Id
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node alice -NodeId $bob.Id
    $null = Connect-R2Node "unix://$TestDrive/carol" -Node bob -NodeId $carol.Id
    foreach ($node in $alice, $bob, $carol) {
        $name = $node.Name
        $null = Register-R2Command where { "at $using:name" } -Node $node
    }
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'R2Command in a pipeline' {
    It 'calls whom it names: <what>' -ForEach @(
        @{ What = 'names'; Piped = { 'bob', 'bob/carol' }; With = @{ Name = 'where'; Node = 'alice' }; Expected = 'at bob', 'at carol' }
        @{ What = 'nodes'; Piped = { $alice, $bob }; With = @{ Name = 'where'; Node = 'alice' }; Expected = 'at alice', 'at bob' }
        @{ What = 'peers, through the node that has them'; Piped = { Get-R2Peer bob -Node alice }; With = @{ Name = 'where' }; Expected = 'at bob' }
        @{ What = 'peers of a far node, and not that node'; Piped = { Get-R2Peer carol -Node alice -Target bob }; With = @{ Name = 'where' }; Expected = 'at carol' }
        @{ What = 'peers of a daemon'; Piped = { Get-R2Peer bob -SocketPath "$TestDrive/alice.sock" }; With = @{ Name = 'where' }; Expected = 'at bob' }
        @{ What = 'commands that were listed'; Piped = { Get-R2Command where -Node alice -Target bob/carol; Get-R2Command where -Node alice }; With = @{}; Expected = 'at alice', 'at carol' }
        @{ What = 'rows of a table'; Piped = { "Target,Name`nbob,where`nbob/carol,where" | ConvertFrom-Csv }; With = @{ SocketPath = 'alice.sock' }; Expected = 'at bob', 'at carol' }
        @{ What = 'nobody'; Piped = { }; With = @{ Name = 'where'; Node = 'alice' }; Expected = $null }
    ) {
        if ($With.SocketPath) { $With = @{ SocketPath = "$TestDrive/alice.sock" } }
        & $Piped | Invoke-R2Command @With -ErrorAction Stop | Sort-Object | Should -Be $Expected
    }

    It 'calls all that were piped at the same time, and not one after the other' {
        $both = [System.Threading.CountdownEvent]::new(2)
        foreach ($node in $bob, $carol) { $null = Register-R2Command meet { $null = ($using:both).Signal(); ($using:both).Wait(60000) } -Node $node }
        'bob', 'bob/carol' | Invoke-R2Command -Name meet -Node alice | Should -Be $true, $true
        $both.Reset()
        $job = 'bob', 'bob/carol', 'nobody' | Invoke-R2Command -Name meet -SocketPath "$TestDrive/alice.sock" -AsJob
        $job | Should -HaveCount 1
        $job | Wait-Job -Timeout 60 | Receive-Job -ErrorVariable failed -ErrorAction SilentlyContinue | Should -Be $true, $true
        $failed | Should -HaveCount 1
        $failed[0].TargetObject | Should -Be 'nobody'
        $job | Remove-Job
        'bob', 'carol' | ForEach-Object { Unregister-R2Command meet -Node $_ }
    }

    It 'says what is wrong with what is named' {
        { Get-R2Peer bob -Node alice | Invoke-R2Command -Target bob/carol -Name where -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,*' -ExpectedMessage '*-Target is given as well*'
        { Invoke-R2Command $null where -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,*'
        { Invoke-R2Command 'bob', $null where -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,*'
        { Invoke-R2Command -Name where -Node alice } | Should -Throw -ErrorId 'MissingMandatoryParameter,*'
        # One that is wrong leaves those of another node alone.
        $results = [pscustomobject] @{ Target = 'bob//'; Node = 'alice' }, [pscustomobject] @{ Target = 'carol'; Node = 'bob' } |
            Invoke-R2Command -Name get_peers -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.FullyQualifiedErrorId | Should -Be 'InvalidInput,PnetPS.Commands.InvokeR2CommandCommand', 'PeerRefused,PnetPS.Commands.InvokeR2CommandCommand'
        $results | Should -BeNullOrEmpty
    }

    It 'says with -Verbose who calls whom' {
        Invoke-R2Command bob, bob/carol where -Node alice -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } |
            ForEach-Object Message | Should -Be 'alice calls where at bob, bob/carol'
    }

    It 'takes an array alone apart, and one in brackets as it is' {
        $null = Register-R2Command count { param($a, $b) "$(@($a).Count) $(@($b).Count - ($null -eq $b))" } -Node carol
        Invoke-R2Command bob/carol count (1, 2) -Node alice | Should -Be '1 1'
        Invoke-R2Command bob/carol count (, (1, 2)) -Node alice | Should -Be '2 0'
        Unregister-R2Command count -Node carol
    }

    It 'changes nothing here that was listed at a far node' {
        $null = Register-R2Command both { 'here' } -Node alice
        $null = Register-R2Command both { 'there' } -Node carol
        $failure = try { Get-R2Command both -Node alice -Target bob/carol | Unregister-R2Command -ErrorAction Stop } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -Be 'PeerRefused,PnetPS.Commands.UnregisterR2CommandCommand'
        "$failure" | Should -Be 'the command both is one of bob/carol, which is far'
        Invoke-R2Command . both -Node alice | Should -Be 'here'
        'alice', 'carol' | ForEach-Object { Get-R2Command both -Node $_ | Unregister-R2Command }
        Get-R2Command both* -Node alice | Should -BeNullOrEmpty
    }

    It 'shows nothing of a far node that a terminal would obey' {
        $null = Register-R2Command sly { param($x) } -Help "`e[2Jred`nline" -Node carol
        $command = Get-R2Command sly -Node alice -Target bob/carol
        $command.Help | Should -Be "\u001b[2Jred`nline"
        (TabExpansion2 'Invoke-R2Command -Node alice bob/carol sl').CompletionMatches.ToolTip | Should -Be "\u001b[2Jred`nline"
        Unregister-R2Command sly -Node carol
    }
}

Describe 'What a block of a command is given' {
    It 'is no input' {
        $null = Register-R2Command none { "$(@($input).Count)"; foreach ($one in $input) { 'one' }; $input | ForEach-Object { 'piped' } } -Node carol
        Invoke-R2Command bob/carol none -Node alice | Should -Be '0'
        Unregister-R2Command none -Node carol
    }

    It 'are bytes where it wants bytes, and their text where it does not' {
        $null = Register-R2Command bytes { param([byte[]] $a, $b) "$($a -join ',') $b" } -Node carol
        $bytes = [byte[]] (0, 1, 255)
        Invoke-R2Command bob/carol bytes $bytes $bytes -Node alice | Should -Be '0,1,255 AAH/'
        Invoke-R2Command bob/carol bytes -Parameters @{ A = $bytes; b = $bytes } -SocketPath "$TestDrive/alice.sock" | Should -Be '0,1,255 AAH/'
        Invoke-R2Command bob/carol bytes (, (7, 8)) -Node alice | Should -Be '7,8 '
        { Invoke-R2Command bob/carol bytes 'no bytes' -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
        Unregister-R2Command bytes -Node carol
    }

    It 'are values of variables that are there: <what>' -ForEach @(
        @{ What = 'one that is nothing'; Block = { "$using:nothing." }; Says = '.' }
        @{ What = 'a property'; Block = { $using:table.Key }; Says = 'value' }
        @{ What = 'in braces'; Block = { "${using:table}".Length -gt 0 }; Says = $true }
        @{ What = 'of the environment'; Block = { $using:env:HOME }; Says = $env:HOME }
        @{ What = 'of the engine'; Block = { $using:PID }; Says = $PID }
    ) {
        $nothing = $null
        $table = @{ Key = 'value' }
        $null = Register-R2Command value $Block -Node carol -ErrorAction Stop
        Invoke-R2Command bob/carol value -Node alice | Should -Be $Says
        Unregister-R2Command value -Node carol
    }

    It 'is no variable that is not there: that is told at once' {
        { Register-R2Command value { $using:nosuch } -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.RegisterR2CommandCommand' -ExpectedMessage '$using:nosuch has no value*'
        { Register-R2Service value { $using:nosuch.Length } -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.RegisterR2ServiceCommand'
        (Get-R2Command -Node carol).Name | Should -Not -Contain 'value'
    }
}
