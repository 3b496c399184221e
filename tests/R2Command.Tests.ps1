#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $alice = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
    $bob = Start-R2Node bob -Listen "unix://$TestDrive/bob" -Allow $alice.Id
    $carol = Start-R2Node carol -Listen "unix://$TestDrive/carol" -SocketPath "$TestDrive/carol.sock" -Allow $alice.Id
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node alice -NodeId $bob.Id
    $null = Connect-R2Node "unix://$TestDrive/carol" -Node bob -NodeId $carol.Id

    # Registers a command at carol, and calls it from alice, through bob.
    function Invoke-At([scriptblock] $Block, [object[]] $Arguments = @(), [hashtable] $With = @{}) {
        $null = Register-R2Command test $Block -Node carol
        Invoke-R2Command bob/carol test @Arguments -Node alice @With
    }
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'R2Command' {
    AfterEach {
        Get-R2Node | ForEach-Object { Get-R2Command -Node $_ } | Where-Object Name -notlike 'get_*' | Unregister-R2Command
    }

    It 'calls a script block at several nodes, with results that say where they are from' {
        $null = Register-R2Command add { param($a, $b) $a + $b } -Node bob
        $null = Register-R2Command add { param($a, $b) $a + $b + 100 } -Node carol
        $results = Invoke-R2Command -Target bob, bob/carol -Name add 1 2 -Node alice | Sort-Object
        $results | Should -Be 3, 103
        $results.Node | Should -Be 'bob', 'bob/carol'
        Invoke-R2Command bob add -Parameters @{ b = 'y'; a = 'x' } -Node alice | Should -Be 'xy'
        Invoke-R2Command bob add 5 -Parameters @{ a = 7 } -Node alice | Should -Be 12
        (Invoke-R2Command * add 1 1 -Node alice).Node | Should -Contain 'bob'
    }

    It 'brings <what> there and back' -ForEach @(
        @{ What = 'text'; Value = "ü`n`"x`"" }
        @{ What = 'numbers'; Value = 42 }
        @{ What = 'large numbers'; Value = [long]::MaxValue }
        @{ What = 'fractions'; Value = 0.1 }
        @{ What = 'truth'; Value = $true }
        @{ What = 'lists'; Value = @(1, 'two', $null, @(3)) }
        @{ What = 'hashtables'; Value = [ordered] @{ a = 1; b = @{ c = 'd' } } }
        @{ What = 'objects'; Value = [pscustomobject] @{ a = 1; b = @([pscustomobject] @{ c = 2 }) } }
    ) {
        $result = Invoke-At { param($value) , $value } -With @{ Parameters = @{ value = $Value } }
        $result.Node | Should -Be 'bob/carol'
        $bare = $What -in 'hashtables', 'objects' ? ($result | Select-Object * -ExcludeProperty Node) : $result.PSObject.BaseObject
        ConvertTo-Json $bare -Depth 9 -Compress | Should -Be (ConvertTo-Json $Value -Depth 9 -Compress)
    }

    It 'tells the properties of objects, and no more of what is behind them' {
        $process = Invoke-At { Get-Process -Id $PID }
        $process.Id | Should -Be $PID
        $process.StartInfo | Should -Not -BeOfType pscustomobject
        $null = Register-R2Command time { [datetime]::new(2026, 1, 2, 0, 0, 0, [System.DateTimeKind]::Utc) } -Node carol
        Invoke-R2Command bob/carol time -Node alice | Should -Be '2026-01-02T00:00:00.0000000Z'
    }

    It 'brings names that PowerShell has no property for, from a node that speaks JSON itself, and no other node suffers' {
        $odd = 'read -r l; printf ''{"output":{"":1,"PSObject":2,"pstypenames":3,"b":4}}\n{"error":{"message":"\\u001b[2Jodd","category":"999","id":""}}\n{"end":true}\n''; cat'
        $null = Register-R2Service cmd.test $odd -Node bob
        $null = Register-R2Command test { 'fine' } -Node carol
        $results = Invoke-R2Command bob, bob/carol test -Node alice -ErrorVariable failed -ErrorAction SilentlyContinue
        Unregister-R2Service cmd.test -Node bob
        @($results) -contains 'fine' | Should -BeTrue
        $object = $results | Where-Object { $_.b -eq 4 }
        $object._, $object._PSObject, $object._pstypenames | Should -Be 1, 2, 3
        $failed.CategoryInfo.Category | Should -Be 'NotSpecified'
        "$failed" | Should -Match '\\u001b\[2Jodd$'
        $failed[0].Exception.RemoteMessage | Should -Be "`e[2Jodd"
    }

    It 'hands on results as they come' {
        $first = Invoke-At { 1; Start-Sleep 1000 } -With @{ Timeout = '60s' } | Select-Object -First 1
        $first | Should -Be 1
    }

    It 'keeps what it knows of an error: node, command, message, position, category: <how>' -ForEach @(
        @{ How = 'in this process'; Socket = $false }
        @{ How = 'through the manager socket'; Socket = $true }
    ) {
        $at = $Socket ? @{ SocketPath = "$TestDrive/alice.sock" } : @{ Node = 'alice' }
        $null = Register-R2Command broken { param($what)
            Write-Error 'half' -Category ReadError -ErrorId Half
            'still here'
            throw [System.IO.InvalidDataException]::new("no $what")
        } -Node carol
        $result = Invoke-R2Command bob/carol broken luck @at -ErrorVariable failed -ErrorAction SilentlyContinue
        $result | Should -Be 'still here'
        $failed | Should -HaveCount 2
        "$($failed[0])" | Should -Be 'broken at bob/carol: half'
        $failed[0].CategoryInfo.Category | Should -Be 'ReadError'
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'Half*,PnetPS.Commands.InvokeR2CommandCommand'
        "$($failed[1])" | Should -Be 'broken at bob/carol: no luck'
        $failed[1].Exception | Should -BeOfType PnetPS.R2CommandException
        $failed[1].Exception.Node | Should -Be 'bob/carol'
        $failed[1].Exception.Command | Should -Be 'broken'
        $failed[1].Exception.RemoteMessage | Should -Be 'no luck'
        $failed[1].Exception.RemoteType | Should -Be 'System.IO.InvalidDataException'
        $failed[1].Exception.RemotePosition | Should -Match 'R2Command.Tests.ps1:\d+'
        $failed[1].CategoryInfo.Category | Should -Be 'OperationStopped'
        $failed[1].TargetObject | Should -Be 'bob/carol'
    }

    It 'refuses <case>' -ForEach @(
        @{ Case = 'an argument of the wrong type'; Arguments = 'x', 1; Message = '*Cannot*Int32*'; Category = 'InvalidData' }
        @{ Case = 'too many arguments'; Arguments = 1, 2, 3; Message = '*3 arguments, and 2 parameters: test a `[b`]'; Category = 'InvalidArgument' }
        @{ Case = 'too few arguments'; Arguments = @(); Message = '*a is missing: test a `[b`]'; Category = 'InvalidArgument' }
    ) {
        $null = Invoke-At { param([Parameter(Mandatory)] [int] $a, [int] $b) $a } $Arguments -ErrorVariable failed -ErrorAction SilentlyContinue 2>&1 | Tee-Object -Variable errors
        "$($errors[0])" | Should -BeLike $Message
        $errors[0].CategoryInfo.Category | Should -Be $Category
    }

    It 'says which result has no JSON: <case>' -ForEach @(
        @{ Case = 'one that contains itself'; Block = { $a = @{ x = @{} }; $a.x.y = $a; $a }; Message = '*contains itself, at x.y' }
        @{ Case = 'one that is too deep'; Block = { $a = 1; 1..70 | ForEach-Object { $a = , $a }; , $a }; Message = '*deeper than 60 levels*' }
        @{ Case = 'one that is too large'; Block = { 'x' * 5MB }; Message = '*4194304 is the most' }
    ) {
        $errors = Invoke-At $Block 2>&1
        "$errors" | Should -BeLike $Message
        $errors[0].CategoryInfo.Category | Should -Be 'InvalidResult'
        { Invoke-R2Command bob/carol test (& { $a = @{}; $a.b = $a; $a }) -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.InvokeR2CommandCommand'
    }

    It 'gives nine results and one error when one of ten can not be reached' {
        $spokes = 1..8 | ForEach-Object {
            $spoke = Start-R2Node "spoke$_" -Listen "unix://$TestDrive/spoke$_" -Allow $alice.Id
            $null = Connect-R2Node "unix://$TestDrive/spoke$_" -Node alice -NodeId $spoke.Id
            $null = Register-R2Command who { $R2Caller } -Node $spoke
            $spoke
        }
        $null = Register-R2Command who { $R2Caller } -Node bob
        $results = Invoke-R2Command (@($spokes.Name) + 'nobody' + 'bob') who -Node alice -ThrottleLimit 3 -ErrorVariable failed -ErrorAction SilentlyContinue
        $results | Should -HaveCount 9
        $results | Sort-Object -Unique | Should -Be $alice.Id
        $failed | Should -HaveCount 1
        $failed[0].TargetObject | Should -Be 'nobody'
        $failed[0].FullyQualifiedErrorId | Should -Be 'NotFound,PnetPS.Commands.InvokeR2CommandCommand'
        (Invoke-R2Command * who -Node alice).Count | Should -BeGreaterOrEqual 9
        $spokes | Stop-R2Node
    }

    Context 'at ten nodes' {
        BeforeAll {
            $ten = 1..10 | ForEach-Object {
                $one = Start-R2Node "ten$_" -Listen "unix://$TestDrive/ten$_" -Allow $alice.Id
                $null = Connect-R2Node "unix://$TestDrive/ten$_" -Node bob -NodeId $one.Id
                $one
            }
            $targets = $ten.Name | ForEach-Object { "bob/$_" }
        }

        AfterAll {
            $ten | Stop-R2Node
        }

        It 'calls as many at a time as -ThrottleLimit says, and never more: <limit><how>' -ForEach @(
            @{ Limit = 1; How = '' }
            @{ Limit = 3; How = '' }
            @{ Limit = 3; How = ' as a job' }
            @{ Limit = 3; How = ' through the manager socket' }
            @{ Limit = 10; How = '' }
        ) {
            $count = [hashtable]::Synchronized(@{ Now = 0; Most = 0; Limit = $Limit })
            $reached = [System.Threading.ManualResetEventSlim]::new()
            $exceeded = [System.Threading.ManualResetEventSlim]::new()
            foreach ($one in $ten) {
                $null = Register-R2Command meet {
                    $count = $using:count
                    [System.Threading.Monitor]::Enter($count.SyncRoot)
                    $count.Now++
                    $count.Most = [math]::Max($count.Most, $count.Now)
                    if ($count.Now -ge $count.Limit) { ($using:reached).Set() }
                    if ($count.Now -gt $count.Limit) { ($using:exceeded).Set() }
                    [System.Threading.Monitor]::Exit($count.SyncRoot)
                    # All of them stay until there are as many as there may be, and then a little, for one that should not come.
                    $met = ($using:reached).Wait(60000)
                    $null = ($using:exceeded).Wait(300)
                    [System.Threading.Monitor]::Enter($count.SyncRoot)
                    $count.Now--
                    [System.Threading.Monitor]::Exit($count.SyncRoot)
                    $met
                } -Node $one
            }

            $at = $How -like '*socket' ? @{ SocketPath = "$TestDrive/alice.sock" } : @{ Node = 'alice' }
            $results = $How -like '*job' ?
                (Invoke-R2Command $targets meet @at -ThrottleLimit $Limit -AsJob | Receive-Job -Wait -AutoRemoveJob) :
                (Invoke-R2Command $targets meet @at -ThrottleLimit $Limit)
            $results | Should -HaveCount 10
            $results | Should -Not -Contain $false
            $count.Most | Should -Be $Limit
            $count.Now | Should -Be 0
        }

        It 'hands on results in the order of arrival: <how>' -ForEach @(
            @{ How = 'in this process'; Socket = $false }
            @{ How = 'through the manager socket'; Socket = $true }
        ) {
            $at = $Socket ? @{ SocketPath = "$TestDrive/alice.sock" } : @{ Node = 'alice' }
            # Each answers when the result of the one named after it has been seen.
            $seen = 0..2 | ForEach-Object { [System.Threading.ManualResetEventSlim]::new($_ -eq 2) }
            foreach ($index in 0..2) {
                $turn = $seen[$index]
                $null = Register-R2Command turn { ($using:turn).Wait(60000) } -Node $ten[$index]
            }

            $order = Invoke-R2Command $targets[0..2] turn @at | ForEach-Object {
                $before = [array]::IndexOf($targets, $_.Node) - 1
                if ($before -ge 0) { $seen[$before].Set() }
                $_.Node
            }
            $order | Should -Be $targets[2], $targets[1], $targets[0]
        }

        It 'gives nine results and one error whatever is wrong with the tenth: <case>' -ForEach @(
            @{ Case = 'no such node'; Tenth = 'bob/nobody'; Timeout = '60s'; Id = 'PeerUnreachable|NotFound' }
            @{ Case = 'no such command'; Tenth = 'bob/carol'; Timeout = '60s'; Id = 'NotFound' }
            @{ Case = 'one that throws'; Tenth = 'bob/ten10'; Timeout = '60s'; Id = 'thrown' }
            @{ Case = 'one that hangs'; Tenth = 'bob/ten10'; Timeout = '3s 10s 60s'; Id = 'TimedOut' }
            @{ Case = 'one without JSON'; Tenth = 'bob/ten10'; Timeout = '60s'; Id = 'ResultCycle' }
        ) {
            $blocks = @{
                'one that throws' = { throw 'thrown' }
                'one that hangs' = { Start-Sleep 1000 }
                'one without JSON' = { $a = @{}; $a.a = $a; $a }
            }
            foreach ($one in $ten) {
                $null = Register-R2Command nine ($one.Name -eq 'ten10' -and $blocks[$Case] ? $blocks[$Case] : { 'well' }) -Node $one
            }

            # Those that are well have all been asked before the one that hangs has had its time.
            foreach ($at in @{ Node = 'alice' }, @{ SocketPath = "$TestDrive/alice.sock" }) {
                $null = Invoke-R2Command $targets[0..8] nine @at
                # One that hangs does so for longer than the others take on a machine that has much else to do.
                foreach ($time in $Timeout -split ' ') {
                    $results = Invoke-R2Command ($targets[0..8] + $Tenth) nine @at -TimeoutSeconds $time -ErrorVariable failed -ErrorAction SilentlyContinue
                    if (@($failed).Count -eq 1) { break }
                }
                $results | Should -Be (@('well') * 9)
                $failed | Should -HaveCount 1
                $failed[0].TargetObject | Should -Be $Tenth
                $failed[0].FullyQualifiedErrorId | Should -Match $Id
                "$($failed[0])" | Should -BeLike "nine at ${Tenth}: *"
            }
        }
    }

    It 'has a runspace without a past for each call' {
        $null = Register-R2Command count { param($x) $global:n++; function global:left { 'left' }; $script:m++; "$global:n $m $(Get-Alias zz -ErrorAction Ignore)"; Set-Alias zz Get-Date -Scope Global } -Node carol
        1..3 | ForEach-Object { Invoke-R2Command bob/carol count -Node alice } | Should -Be '1 1 ', '1 1 ', '1 1 '
        $null = Register-R2Command using { param($x) $x + $using:bob.Name } -Node carol
        Invoke-R2Command bob/carol using 'x' -Node alice | Should -Be 'xbob'
    }

    It 'cancels there what is cancelled here: <how>' -ForEach @(
        @{ How = 'Ctrl+C' }
        @{ How = 'the time' }
        @{ How = 'enough results' }
        @{ How = 'a job that is stopped' }
        @{ How = 'a caller that is killed' }
        @{ How = 'Ctrl+C after all was said' }
        @{ How = 'enough lines after all was said' }
        @{ How = 'a link that is cut' }
    ) {
        $path = "$TestDrive/$($How -replace '\W')"
        $null = Register-R2Command hang { try { 'begun'; Start-Sleep 1000 } finally { [System.IO.File]::WriteAllText($using:path, 'cleaned') } } -Node carol
        switch ($How) {
            'Ctrl+C' {
                $shell = Start-Shell "Invoke-R2Command bob/carol hang -SocketPath '$TestDrive/alice.sock'"
                Wait-Condition { $shell.Output.Count -eq 1 } 'the first result'
                Stop-Shell $shell
            }
            'the time' {
                # So long that it has begun, on a machine that has much else to do as well.
                foreach ($seconds in 1, 5, 60) {
                    $result = Invoke-R2Command bob/carol hang -Node alice -TimeoutSeconds $seconds -ErrorVariable failed -ErrorAction SilentlyContinue
                    if ($result) { break }
                }
                $result | Should -Be 'begun'
                $failed[0].FullyQualifiedErrorId | Should -Be 'TimedOut,PnetPS.Commands.InvokeR2CommandCommand'
            }
            'a caller that is killed' {
                $caller = Start-Program pwsh '-NoProfile', '-Command', "Import-Module '$repository/output/PnetPS'; Invoke-R2Command bob/carol hang -SocketPath '$TestDrive/alice.sock'"
                $caller.StandardOutput.ReadLine() | Should -Be 'begun'
                $caller.Kill()
                Stop-Program
            }
            # The call and the end of the input: what is left to be noticed is the cut.
            'Ctrl+C after all was said' {
                $shell = Start-Shell "Invoke-R2Service bob/carol cmd.hang -InputObject '{}' -SocketPath '$TestDrive/alice.sock'"
                Wait-Condition { $shell.Output.Count -eq 1 } 'the first result'
                Stop-Shell $shell
            }
            'enough lines after all was said' { Invoke-R2Service bob/carol cmd.hang -InputObject '{}' -Node alice | Select-Object -First 1 | Should -Be '{"output":"begun"}' }
            'a link that is cut' {
                $shell = Start-Shell "Invoke-R2Command bob/carol hang -SocketPath '$TestDrive/alice.sock'"
                Wait-Condition { $shell.Output.Count -eq 1 } 'the first result'
                Disconnect-R2Node bob -Node alice
                Wait-Condition { $shell.Running.IsCompleted } 'the call to fail'
                $shell.Shell.Streams.Error[0].TargetObject | Should -Be 'bob/carol'
                Stop-Shell $shell
                $null = Connect-R2Node "unix://$TestDrive/bob" -Node alice -NodeId $bob.Id
            }
            'enough results' { Invoke-R2Command bob/carol hang -Node alice | Select-Object -First 1 | Should -Be 'begun' }
            default {
                $job = Invoke-R2Command bob/carol hang -Node alice -AsJob
                Wait-Condition { $job.HasMoreData } 'the first result'
                Stop-Job $job
                $job.State | Should -Be 'Stopped'
                Remove-Job $job
            }
        }
        Wait-Condition { Test-Path $path } 'the command to be stopped'
        Wait-Condition { (Get-R2Service cmd.hang -Node carol).Active -eq 0 } 'the channel to be gone'
    }

    It 'holds a command back that floods' {
        $counter = [hashtable]::Synchronized(@{ N = 0 })
        $null = Register-R2Command flood { $counter = $using:counter; while ($true) { 'x' * 100kb; $counter.N++ } } -Node carol
        $seen = 0
        Invoke-R2Command bob/carol flood -Node alice | ForEach-Object {
            if (++$seen -eq 5) {
                # Nobody takes more: it stands still once what is on the way is full, 16 MiB at most in each of four places.
                Wait-Condition { $last = $counter.N; [System.Threading.Tasks.Task]::Delay(300).Wait(); $counter.N -eq $last } 'the command to stand still'
                $counter.N | Should -BeLessThan 700
            }
            $_.Length
        } | Select-Object -First 20 | Should -Be (@(100kb) * 20)
        Wait-Condition { (Get-R2Service cmd.flood -Node carol).Active -eq 0 } 'the command to be stopped'
    }

    It 'works as a job' {
        $null = Register-R2Command add { param($a, $b) if ($b -eq 0) { throw 'zero' }; $a + $b } -Node bob
        $job = Invoke-R2Command bob add 1 2 -Node alice -AsJob
        $job | Should -BeOfType System.Management.Automation.Job
        $result = $job | Receive-Job -Wait -AutoRemoveJob
        $result | Should -Be 3
        $result.Node | Should -Be 'bob'
        $null = Register-R2Command nulls { $null; 1; $null } -Node bob
        @(Invoke-R2Command bob nulls -Node alice) | Should -HaveCount 3
        Invoke-R2Command bob nulls -Node alice -AsJob | Receive-Job -Wait -AutoRemoveJob | Should -Be 1
        $job = Invoke-R2Command bob, nobody add 1 0 -Node alice -AsJob | Wait-Job
        $null = $job | Receive-Job -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed | Should -HaveCount 2
        $job | Remove-Job
    }

    It 'lists commands with parameters and help' {
        $null = Register-R2Command add {
            <#
            .SYNOPSIS
            Adds two numbers.
            .PARAMETER a
            The first.
            #>
            param([Parameter(Mandatory)] [int] $a, $b = 1)
            $a + $b
        } -Node carol
        $null = Register-R2Command any { $args } -Help 'Takes anything.' -Node carol
        $commands = Get-R2Command -Node alice -Target bob/carol
        $commands.Name | Should -Be 'add', 'any', 'get_funcs', 'get_peers'
        $commands[0].Syntax | Should -Be 'add a [b]'
        $commands[0].Help | Should -Be 'Adds two numbers.'
        $commands[0].Parameters[0].Help | Should -Be 'The first.'
        $commands[0].Parameters[0].Type | Should -Be 'int'
        $commands[0].Parameters.Mandatory | Should -Be $true, $false
        $commands[1].Syntax | Should -Be 'any …'
        $commands[1].Help | Should -Be 'Takes anything.'
        Invoke-R2Command bob/carol any 1 2 3 -Node alice | Should -Be 1, 2, 3
        (Get-R2Command a* -Node carol).Name | Should -Be 'add', 'any'
        (Get-R2Peer bob -Node alice | Get-R2Command).Name | Should -Be 'get_funcs', 'get_peers'
        (Invoke-R2Command bob get_peers -Node alice).name | Should -Contain 'carol'
        $commands | Out-String -Width 100 -Stream | ForEach-Object Length | Should -Not -BeGreaterThan 100
        (TabExpansion2 'Invoke-R2Command -Node alice -Target bob/carol -Name ad').CompletionMatches.CompletionText | Should -Be 'add'
    }

    It 'is driven through manager sockets as well' {
        $null = Register-R2Command add { param($a, $b) $a + $b } -SocketPath "$TestDrive/carol.sock"
        (Invoke-R2Command bob/carol add 1 2 -SocketPath "$TestDrive/alice.sock").Node | Should -Be 'bob/carol'
        Invoke-R2Command . add 1 2 -SocketPath "$TestDrive/carol.sock" | Should -Be 3
        Unregister-R2Command add -SocketPath "$TestDrive/carol.sock"
        (Get-R2Command -SocketPath "$TestDrive/carol.sock").Name | Should -Be 'get_funcs', 'get_peers'
    }

    It 'says what is wrong' {
        $null = Register-R2Command one { 1 } -Node carol
        { Register-R2Command one { 1 } -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'AlreadyExists,PnetPS.Commands.RegisterR2CommandCommand' -ExpectedMessage "carol has a command 'one' already"
        { Register-R2Command 'no name' { 1 } -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,*'
        { Invoke-R2Command bob/carol none -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*' -ExpectedMessage '*no command "none"*'
        { Invoke-R2Command bob/alice one -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        { Get-R2Command -Target bob/alice -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        { Get-R2Command none -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
        { Unregister-R2Command none -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
        { Unregister-R2Command get_funcs -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
        Register-R2Command two { 1 } -Node carol -WhatIf | Should -BeNullOrEmpty
        (Get-R2Command -Node carol).Name | Should -Not -Contain 'two'
    }
}
