#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# What calls of a command leave to each other, which is nothing, though they have their runspaces one after the other.
BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $alice = Start-R2Node alice
    $bob = Start-R2Node bob -Listen "unix://$TestDrive/bob" -Allow $alice.Id
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node alice -NodeId $bob.Id

    function Get-BlockRunspace { Get-Runspace | Where-Object Name -Like 'PnetPS*' }

    function Invoke-Test { Invoke-R2Command bob test @args -Node alice }

    # A command that leaves something when it is told to, and says what it sees otherwise.
    function Register-Test([scriptblock] $Leave, [scriptblock] $See) {
        $null = Register-R2Command test -Node bob -ScriptBlock ([scriptblock]::Create("param(`$leave) if (`$leave) { $Leave } else { $See }"))
    }
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'The runspaces of a command' {
    AfterEach {
        Get-R2Command -Node bob | Where-Object Name -notlike 'get_*' | Unregister-R2Command
        Wait-Condition -What 'the runspaces to close' { -not (Get-BlockRunspace) }
    }

    It 'bring no call what another has left: <what>' -ForEach @(
        @{ What = 'a variable'; Leave = { $global:left = 1; $script:also = 1 }; See = { "$left$also" } }
        @{ What = 'a variable that counts'; Leave = { $script:left++ }; See = { $script:left++; "$script:left" } }
        @{ What = 'a variable that can not be removed'; Leave = { Set-Variable left 1 -Scope Global -Option Constant }; See = { "$left" } }
        @{ What = 'a variable that is gone'; Leave = { Remove-Variable MaximumHistoryCount -Scope Global }; See = { "$MaximumHistoryCount" } }
        @{ What = 'a preference'; Leave = { $global:ErrorActionPreference = 'Stop' }; See = { "$ErrorActionPreference" } }
        @{ What = 'a default parameter'; Leave = { $PSDefaultParameterValues['Get-Date:Year'] = 1999 }; See = { (Get-Date).Year } }
        @{ What = 'an error'; Leave = { Get-Item /none -ErrorAction SilentlyContinue }; See = { $Error.Count } }
        @{ What = 'an exit code'; Leave = { sh -c 'exit 7' }; See = { "$LASTEXITCODE" } }
        @{ What = 'a function'; Leave = { function global:left { 1 } }; See = { Test-Path function:left } }
        @{ What = 'another function of that name'; Leave = { function global:prompt { 1 } }; See = { "$function:prompt".Length } }
        @{ What = 'a function in place of a cmdlet'; Leave = { function global:Get-Job { }; function global:Get-Date { 1 } }; See = { (Get-Date).Year -gt 1 } }
        @{ What = 'no function'; Leave = { Remove-Item function:prompt }; See = { Test-Path function:prompt } }
        @{ What = 'an alias'; Leave = { Set-Alias left Get-Date -Scope Global }; See = { Test-Path alias:left } }
        @{ What = 'another alias of that name'; Leave = { Set-Alias gcm Get-Date -Scope Global -Force }; See = { (Get-Alias gcm).Definition } }
        @{ What = 'no alias'; Leave = { Remove-Item alias:gcm -Force }; See = { Test-Path alias:gcm } }
        @{ What = 'a location'; Leave = { Set-Location / }; See = { "$PWD $((Get-Location).Path)" } }
        @{ What = 'a location of another drive'; Leave = { Set-Location env: }; See = { "$PWD" } }
        @{ What = 'a stack of locations'; Leave = { Push-Location / }; See = { "$PWD $(@(Get-Location -Stack).Count)" } }
        @{ What = 'a stack of locations that has a name'; Leave = { Push-Location / -StackName left }; See = { @(Get-Location -Stack -StackName left -ErrorAction Ignore).Count } }
        @{ What = 'another default stack'; Leave = { Push-Location / -StackName left; Set-Location -StackName left }; See = { "$PWD $(@(Get-Location -Stack).Count)" } }
        @{ What = 'a drive'; Leave = { New-PSDrive left FileSystem / -Scope Global }; See = { Test-Path left:/ } }
        @{ What = 'a module'; Leave = { New-Module Left { function Get-Left { 1 } } | Import-Module }; See = { "$(Get-Module Left)$(Get-Command Get-Left -ErrorAction Ignore)" } }
        @{ What = 'a module that shows nothing'; Leave = { New-Module Left { Export-ModuleMember } | Import-Module }; See = { "$(Get-Module Left)" } }
        @{ What = 'a subscription'; Leave = { Register-EngineEvent Left }; See = { @(Get-EventSubscriber).Count } }
        @{ What = 'an event'; Leave = { New-Event Left }; See = { @(Get-Event).Count } }
        @{ What = 'a job'; Leave = { Register-EngineEvent Left -Action { }; Unregister-Event Left }; See = { @(Get-Job).Count } }
        @{ What = 'a breakpoint'; Leave = { Set-PSBreakpoint -Command Get-Left }; See = { @(Get-PSBreakpoint).Count } }
        @{ What = 'a property of a type'; Leave = { Update-TypeData -TypeName System.Int32 -MemberType NoteProperty -MemberName Left -Value 1 }; See = { "$((1).Left)" } }
        @{ What = 'a search for commands'; Leave = { $ExecutionContext.InvokeCommand.CommandNotFoundAction = { $args[1].CommandScriptBlock = { 'found' } } }; See = { try { Get-Left } catch { 'none' } } }
        @{ What = 'strictness'; Leave = { Set-PSDebug -Strict; Set-StrictMode -Version Latest }; See = { "$((1).None)$none" } }
        @{ What = 'a culture'; Leave = { [cultureinfo]::CurrentCulture = 'de-DE'; [cultureinfo]::CurrentUICulture = 'de-DE' }; See = { (1.5).ToString([cultureinfo]::CurrentCulture) + [cultureinfo]::CurrentUICulture.Name } }
        @{ What = 'what a class keeps'; Leave = { class Left { static [int] $Count = 0 }; [Left]::Count++ }; See = { class Seen { static [int] $Count = 0 }; [Seen]::Count++; [Seen]::Count } }
        @{ What = 'another default runspace'; Leave = { [runspace]::DefaultRunspace = $null }; See = { [scriptblock]::Create('1 + 1').Invoke()[0] } }
        @{ What = 'a language without scripts'; Leave = { $ExecutionContext.SessionState.LanguageMode = 'RestrictedLanguage' }; See = { "$($ExecutionContext.SessionState.LanguageMode)" } }
        @{ What = 'an exit'; Leave = { exit 3 }; See = { 'here' } }
        @{ What = 'the end of its host'; Leave = { $Host.SetShouldExit(3); $Host.NotifyEndApplication() }; See = { 'here' } }
        @{ What = 'an error that ends it'; Leave = { throw 'over' }; See = { "here $($Error.Count)" } }
        @{ What = 'a closed runspace'; Leave = { [runspace]::DefaultRunspace.CloseAsync() }; See = { 'here' } }
    ) {
        Register-Test $Leave $See
        $before = Invoke-Test
        # More often than there are runspaces that may be next.
        1..5 | ForEach-Object { $null = Invoke-Test $true 2>&1 }
        1..5 | ForEach-Object { Invoke-Test } | Should -Be (@($before) * 5)
    }

    It 'have no later call in the transcript of an earlier one' {
        $path = "$TestDrive/transcript"
        $null = Register-R2Command test -Node bob -ScriptBlock {
            param($text, $path)
            if ($path) { $null = Start-Transcript -Path $path -UseMinimalHeader }
            "said $text"
        }
        Invoke-Test 'first' $path | Should -Be 'said first'
        1..5 | ForEach-Object { Invoke-Test "next$_" } | Should -Be (1..5 | ForEach-Object { "said next$_" })
        # It is whole once its runspace is closed.
        Wait-Condition { (Get-Content $path -Raw) -match 'transcript end' } 'the end of the transcript'
        Get-Content $path -Raw | Should -Not -Match 'next\d'
    }

    It 'are used again by calls that leave nothing, or what can be put back' {
        $null = Register-R2Command test { param($x) $script:count++; Push-Location /; Push-Location /tmp; Set-Location /; Get-Item /none 2>$null; $null = Get-Date; [runspace]::DefaultRunspace.Id } -Node bob
        1..100 | ForEach-Object { Invoke-Test $_ 2>$null } | Sort-Object -Unique | Measure-Object | ForEach-Object Count | Should -BeLessThan 10
    }

    It 'are as many as calls that run at once, up to 16; they go with the command' {
        $all = [System.Threading.CountdownEvent]::new(16)
        $go = [System.Threading.ManualResetEventSlim]::new()
        $running = [hashtable]::Synchronized(@{ Now = 0; Most = 0 })
        $null = Register-R2Command test -Node bob -ScriptBlock {
            param($n)
            $counts = $using:running
            [System.Threading.Monitor]::Enter($counts.SyncRoot)
            try { $counts.Most = [Math]::Max($counts.Most, ++$counts.Now) } finally { [System.Threading.Monitor]::Exit($counts.SyncRoot) }
            # Each waits for 15 others: they run at the same time, or not at all.
            if (-not ($using:all).IsSet) { $null = ($using:all).Signal() }
            $met = ($using:go).Wait([timespan]::FromMinutes(2))
            [System.Threading.Monitor]::Enter($counts.SyncRoot)
            try { $counts.Now-- } finally { [System.Threading.Monitor]::Exit($counts.SyncRoot) }
            "$n $met"
        }
        $jobs = 1..64 | ForEach-Object { Invoke-R2Command bob test $_ -Node alice -AsJob }
        $all.Wait([timespan]::FromMinutes(2)) | Should -BeTrue
        @(Get-BlockRunspace).Count | Should -Be 16
        # One that waits for its turn can be cancelled, and takes no turn.
        Invoke-R2Command bob test 65 -Node alice -Timeout 100ms -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'TimedOut,*'
        $go.Set()
        $jobs | Wait-Job -Timeout 120 | Should -HaveCount 64
        $jobs | Receive-Job | Sort-Object | Should -Be (1..64 | ForEach-Object { "$_ True" } | Sort-Object)
        $jobs | Remove-Job
        $running.Most | Should -Be 16
        $running.Now | Should -Be 0
        @(Get-BlockRunspace).Count | Should -BeLessOrEqual 16
        Unregister-R2Command test -Node bob
        Wait-Condition -What 'the runspaces to close' { -not (Get-BlockRunspace) }
    }

    It 'are gone when their call was stopped' {
        $begun = [System.Threading.SemaphoreSlim]::new(0)
        $null = Register-R2Command test -Node bob -ScriptBlock {
            param($leave)
            if (-not $leave) { return "$left" }
            $global:left = 1
            $null = ($using:begun).Release()
            Start-Sleep 1000
        }
        foreach ($i in 1..3) {
            $job = Invoke-R2Command bob test $true -Node alice -AsJob
            $begun.Wait([timespan]::FromMinutes(2)) | Should -BeTrue
            $job | Stop-Job -PassThru | Remove-Job
            1..3 | ForEach-Object { Invoke-Test } | Should -Be '', '', ''
        }
    }

    It 'are let go where a call is stuck that can not be interrupted: others go on' {
        $gate = [System.Threading.ManualResetEventSlim]::new()
        $begun = [System.Threading.CountdownEvent]::new(3)
        try {
            $null = Register-R2Command test -Node bob -ScriptBlock {
                param($stuck)
                if ($stuck) {
                    $null = ($using:begun).Signal()
                    ($using:gate).Wait()
                }

                "here $left"
                $global:left = 1
            }
            $jobs = 1..3 | ForEach-Object { Invoke-R2Command bob test $true -Node alice -AsJob }
            $begun.Wait([timespan]::FromMinutes(2)) | Should -BeTrue
            $jobs | Stop-Job -PassThru | Receive-Job | Should -BeNullOrEmpty
            $jobs | Remove-Job
            1..5 | ForEach-Object { Invoke-Test } | Should -Be (@('here ') * 5)
            Wait-Condition -What 'the errors' { @(Get-R2Event block.error -Node bob | Where-Object Message -Like '*did not stop within 5 s*').Count -ge 3 }
            1..5 | ForEach-Object { Invoke-Test } | Should -Be (@('here ') * 5)
        }
        finally {
            $gate.Set()
        }
        1..5 | ForEach-Object { Invoke-Test } | Should -Be (@('here ') * 5)
    }

    It 'take no more memory with 10,000 calls' {
        $null = Register-R2Command test { param($a, $b) $a + $b } -Node bob
        $sizes = foreach ($round in 1..2) {
            foreach ($i in 1..5000) {
                if ((Invoke-Test $i 1) -ne $i + 1) { throw "wrong at $i" }
            }
            [GC]::GetTotalMemory($true)
            @(Get-BlockRunspace).Count | Should -BeLessThan 17
        }
        ($sizes[1] - $sizes[0]) / 1MB | Should -BeLessThan 5
    }

    It 'go with their node' {
        $carol = Start-R2Node carol
        $null = Register-R2Command one { 1 } -Node carol
        $null = Register-R2Command two { 2 } -Node carol
        Invoke-R2Command . one -Node carol | Should -Be 1
        Wait-Condition -What 'a runspace for each' { @(Get-BlockRunspace).Count -ge 2 }
        Stop-R2Node carol
        Wait-Condition -What 'the runspaces to close' { -not (Get-BlockRunspace) }
    }

    It 'go with the module' {
        $shell = Start-Shell @'
            $null = Start-R2Node dave
            $null = Register-R2Command three { 3 } -Node dave
            Invoke-R2Command . three -Node dave
            Remove-Module PnetPS
'@
        Wait-Condition -What 'the script' { $shell.Running.IsCompleted }
        $shell.Output | Should -Be 3
        Stop-Shell $shell
        Wait-Condition -What 'the runspaces to close' { -not (Get-BlockRunspace) }
    }
}
