#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

using namespace System.Text

# Script blocks as transports, services and ends of tunnels. What goes in and comes out of them is in R2Tunnel.Tests.ps1.
BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # The runspaces and threads of script blocks that run just now.
    function Get-BlockRunspace { Get-Runspace | Where-Object Name -Like 'PnetPS*' }
    function Get-BlockThread {
        Get-ChildItem "/proc/$PID/task/*/comm" -ErrorAction Ignore | Where-Object { (Get-Content $_ -ErrorAction Ignore) -like 'PnetPS script*' }
    }

    # What happened at a node so far, waited for.
    function Wait-Event {
        param([object] $Node, [string] $Kind, [string] $Like = '*', [int] $Count = 1)

        Wait-Condition -Seconds 30 -What "$Count $Kind at $Node" {
            @(Read-Event $Node $Kind | Where-Object Message -Like $Like).Count -ge $Count
        }
        Read-Event $Node $Kind | Where-Object Message -Like $Like
    }

    function Read-Event([object] $Node, [string] $Kind) {
        Get-R2Event -Node $Node | Where-Object Kind -Like $Kind
    }
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'What a script block may use' {
    BeforeAll {
        $modules = (New-Item -ItemType Directory "$TestDrive/modules").FullName
        $null = New-Item -ItemType Directory "$modules/Greeter"
        Set-Content "$modules/Greeter/Greeter.psm1" @'
            function Get-Greeting { 'hello from a module' }
            class Greeter { static [string] Greet() { return 'hello from a class' } }
'@
        $path = $env:PSModulePath
        $env:PSModulePath = $modules + [System.IO.Path]::PathSeparator + $path
    }

    AfterAll {
        $env:PSModulePath = $path
    }

    AfterEach {
        Get-R2Node | Stop-R2Node
    }

    It '<case>' -ForEach @(
        @{ Case = 'a module by name'; Block = { Import-Module Greeter; Get-Greeting }; Expected = 'hello from a module' }
        @{ Case = 'a module by path'; Block = { Import-Module "$using:modules/Greeter/Greeter.psm1"; Get-Greeting }; Expected = 'hello from a module' }
        @{ Case = 'a module that loads by itself'; Block = { Get-Greeting }; Expected = 'hello from a module' }
        @{ Case = 'the using namespace statements of its file'; Block = { [StringBuilder]::new('built').ToString() }; Expected = 'built' }
        @{ Case = 'the folder of its file'; Block = { Split-Path -Leaf $PSScriptRoot }; Expected = 'tests' }
        @{ Case = 'classes'; Block = { class Answer { [int] $Value = 42 }; [Answer]::new().Value }; Expected = '42' }
        @{ Case = 'this module'; Block = { (Get-Command Get-R2Node).Name }; Expected = 'Get-R2Node' }
    ) {
        $env:PSModulePath += [System.IO.Path]::PathSeparator + (Split-Path (Get-Module PnetPS).ModuleBase)
        $null = Start-Pair $TestDrive -TunnelProcess $Block
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() | Should -Be $Expected
    }

    It 'using module, in a block made of text' {
        $block = [scriptblock]::Create("using module '$modules/Greeter/Greeter.psm1'`n[Greeter]::Greet()")
        $null = Start-Pair $TestDrive -TunnelProcess $block
        1..2 | ForEach-Object { Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() } | Should -Be 'hello from a class', 'hello from a class'
    }

    It 'a function as the block' {
        function Read-All([System.IO.Stream] $Stream) {
            $all = [System.IO.StreamReader]::new($Stream).ReadToEnd().Trim()
            $bytes = [System.Text.Encoding]::UTF8.GetBytes("<$all>")
            $Stream.Write($bytes, 0, $bytes.Length)
        }
        filter Add-Mark { "! $_" }

        $pair = Start-Pair $TestDrive -TunnelProcess ${function:Read-All}
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) 'in' | Should -Be '<in>'
        $null = Register-R2Service mark ${function:Add-Mark} -Node alice
        Send-Line (New-R2Tunnel alice -Service mark -AsStream -Node bob) 'a', 'b' | Should -Be '! a', '! b'
    }

    It 'the current folder of who passed it' {
        Push-Location $modules
        try { $null = Start-Pair $TestDrive -TunnelProcess { $PWD.Path } } finally { Pop-Location }
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() | Should -Be $modules
    }

    It 'nothing that an earlier run left' {
        $null = Start-Pair $TestDrive -TunnelProcess {
            class Counter { static [int] $Runs }
            $seen = @($global:left, (Get-Command left -ErrorAction Ignore), $env:R2LEFT_NEVER, [Counter]::Runs) -join '|'
            $global:left = 'left'
            function global:left { }
            [Counter]::Runs++
            $seen
        }
        1..3 | ForEach-Object { Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() } | Should -Be '|||0', '|||0', '|||0'
    }

    It 'numbers as they are written, whatever the culture' {
        $shell = Start-Shell @"
            [cultureinfo]::CurrentCulture = 'de-DE'
            `$null = Start-R2Node alice -Listen 'unix://$TestDrive/de' -Allow * -TunnelProcess { [cultureinfo]::CurrentCulture = 'de-DE'; 1.5 }
"@
        $null = $shell.Shell.EndInvoke($shell.Running)
        $null = Start-R2Node bob
        $null = Connect-R2Node "unix://$TestDrive/de" -Node bob
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() | Should -Be '1.5'
        Get-R2Node | Stop-R2Node
        $null = Stop-Shell $shell
    }
}

Describe 'What a script block says beside its output' {
    AfterEach {
        Get-R2Node | Stop-R2Node
    }

    It 'is in the history of its node' {
        $pair = Start-Pair $TestDrive
        $VerbosePreference = $DebugPreference = 'Continue'
        $null = Register-R2Service chatty -Node alice -Transport {
            Write-Verbose 'in other words'
            Write-Debug 'a detail'
            Write-Warning 'careful'
            Write-Information 'by the way'
            Write-Host 'out loud'
            Write-Progress 'Counting' -Status 'half' -PercentComplete 50
            Write-Error 'not so bad'
            'done'
        } 4>$null 5>$null
        Send-Line (New-R2Tunnel alice -Service chatty -AsStream -Node bob) @() 4>$null 5>$null | Should -Be 'done'

        (Wait-Event alice block.verbose '*in other words').Warning | Should -BeFalse
        (Wait-Event alice block.debug '*a detail').Warning | Should -BeFalse
        (Wait-Event alice block.warning '*careful').Warning | Should -BeTrue
        (Wait-Event alice block.information).Message | ForEach-Object { ($_ -split ': ')[-1] } | Should -Be 'by the way', 'out loud'
        Wait-Event alice block.progress '*Counting: half (50 %)' | Should -Not -BeNullOrEmpty
        $failure = Wait-Event alice block.error '*not so bad (Blocks.Tests.ps1:*'
        $failure.Warning | Should -BeTrue
        $failure.Message | Should -BeLike "{ Write-Verbose 'in other words'*"
        $pair.Alice.Errors.Exception.Message | Should -Be 'not so bad'
    }

    It 'is watched as it comes' {
        $null = Start-Pair $TestDrive -TunnelProcess { process { Write-Warning "got $_"; $_ } }
        $shell = Start-Shell "Watch-R2Event block.* -Node alice -Count 1 | ForEach-Object ToString"
        $stream = New-R2Tunnel alice -AsStream -Node bob
        $bytes = [Encoding]::UTF8.GetBytes("line`n")
        Wait-Condition -What 'the event' -Seconds 30 {
            $stream.Write($bytes, 0, $bytes.Length)
            $shell.Running.IsCompleted
        }
        $shell.Output | Should -BeLike 'block.warning { *: got line'
        $null = Stop-Shell $shell
        $stream.Dispose()
    }

    It 'comes to the cmdlet that was given the block, on the streams it came on' {
        $null = Start-Pair $TestDrive -TunnelProcess 'sleep 1000'
        $said = New-R2Tunnel alice -Node bob -Wait -Verbose -InformationAction Continue -ErrorAction Continue -Transport {
            Write-Verbose 'in other words'
            Write-Warning 'careful'
            Write-Information 'by the way'
            Write-Error 'not so bad' -ErrorId Mine
        } *>&1
        $said | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | Select-Object -Last 1 | Should -Be 'in other words'
        $said | Where-Object { $_ -is [System.Management.Automation.WarningRecord] } | Should -Be 'careful'
        $said | Where-Object { $_ -is [System.Management.Automation.InformationRecord] } | Should -Be 'by the way'
        $failure = $said | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }
        $failure | Should -Be 'not so bad'
        $failure.FullyQualifiedErrorId | Should -BeLike 'Mine*'
        $failure.InvocationInfo.ScriptName | Should -Be $PSCommandPath
        $said | Where-Object { $_ -is [PnetPS.R2Tunnel] } | ForEach-Object State | Should -Be Ended
    }

    It 'is silent at the cmdlet that doesn''t want it, and in the history all the same' {
        $null = Start-Pair $TestDrive -TunnelProcess 'sleep 1000'
        $said = New-R2Tunnel alice -Node bob -Wait -ErrorAction Ignore -WarningAction Ignore -Transport {
            Write-Verbose 'never said'
            Write-Warning 'careful'
            Write-Error 'not so bad'
        } *>&1
        $said | Should -BeOfType ([PnetPS.R2Tunnel])
        Wait-Event bob block.warning '*careful' | Should -Not -BeNullOrEmpty
        Wait-Event bob block.error '*not so bad*' | Should -Not -BeNullOrEmpty
        Read-Event bob block.verbose | Should -BeNullOrEmpty
    }

    It 'stops the pipeline with -ErrorAction Stop, and the tunnel with it' {
        $null = Start-Pair $TestDrive -TunnelProcess 'sleep 1000'
        { New-R2Tunnel alice { Write-Error 'enough'; Start-Sleep 1000 } -Node bob -Wait -ErrorAction Stop } | Should -Throw 'enough'
        Wait-Condition -What 'the end of the tunnel' { -not (Get-R2Tunnel -Node bob | Where-Object State -EQ Open) }
        Wait-Condition -What 'the end of the block' { -not (Get-BlockRunspace) }
    }

    It 'comes to Connect-R2Node while it connects' {
        $alice = Start-R2Node alice -Listen "unix://$TestDrive/link"
        $bob = Start-R2Node bob
        $block = {
            param($Stream)
            Write-Warning 'dialling'
            $socket = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
            $socket.Connect([System.Net.Sockets.UnixDomainSocketEndPoint]::new("$using:TestDrive/link"))
            $far = [System.Net.Sockets.NetworkStream]::new($socket, $true)
            $back = $far.CopyToAsync($Stream)
            $Stream.CopyTo($far)
            $null = $back
        }
        (Connect-R2Node $block -Node bob -NodeId $alice.Id -WarningVariable warned -WarningAction SilentlyContinue).Name | Should -Be 'alice'
        $warned | Should -Be 'dialling'
        Test-R2Peer alice -Node bob -Count 1 -Quiet | Should -BeTrue
    }

    It 'is in the history of a daemon, as this session sees it, for the blocks that the session lends it' {
        $null = Start-Pair $TestDrive -TunnelProcess 'sleep 1000' -Allow *
        $null = Start-R2Node carol -SocketPath "$TestDrive/carol.sock"
        $daemon = @{ SocketPath = "$TestDrive/carol.sock" }
        $null = Connect-R2Node "unix://$TestDrive/alice" @daemon
        $null = New-R2Tunnel alice { Write-Warning 'from a tunnel' } @daemon -Wait -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -Be 'from a tunnel'
        Wait-Condition -What 'the event' { Get-R2Event block.warning @daemon | Where-Object Message -Like '*from a tunnel' }
    }

    It 'is told when the block of a link throws' {
        $null = Start-R2Node bob
        $failed = $null
        Connect-R2Node { throw 'no way there' } -Node bob -NoReconnect -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.Exception.Message | Should -Contain 'no way there'
        Wait-Event bob block.error '*no way there (Blocks.Tests.ps1:*' | Should -Not -BeNullOrEmpty
    }

    It 'takes the preferences of the session that wrote the block' {
        $null = Start-Pair $TestDrive
        $block = { "$VerbosePreference $DebugPreference $WarningPreference $InformationPreference $ProgressPreference $ErrorActionPreference" }
        $null = Register-R2Service plain $block -Node alice
        & {
            $VerbosePreference = 'Continue'
            $WarningPreference = $ProgressPreference = 'SilentlyContinue'
            $ErrorActionPreference = 'Stop'
            $null = Register-R2Service set $block -Node alice 4>$null
        }
        $null = Register-R2Service given $block -Node alice -Debug -InformationAction Inquire -ErrorAction Ignore 5>$null
        Send-Line (New-R2Tunnel alice -Service plain -AsStream -Node bob) @() |
            Should -Be 'SilentlyContinue SilentlyContinue Continue SilentlyContinue Continue Continue'
        Send-Line (New-R2Tunnel alice -Service set -AsStream -Node bob) @() |
            Should -Be 'Continue SilentlyContinue Continue SilentlyContinue SilentlyContinue Stop'
        Send-Line (New-R2Tunnel alice -Service given -AsStream -Node bob) @() |
            Should -Be 'SilentlyContinue Continue Continue Continue Continue Continue'
    }

    It 'is bounded: a flood drowns neither the node''s events nor its errors' {
        $null = Start-Pair $TestDrive -TunnelProcess {
            $VerbosePreference = 'Continue'
            foreach ($i in 1..20000) { Write-Verbose $i; Write-Progress 'Flooding' -Status $i }
            Write-Error 'still heard'
            'done'
        }
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() | Should -Be 'done'
        Wait-Event alice block.error '*still heard*' | Should -Not -BeNullOrEmpty
        Wait-Event alice block.lost | Should -Not -BeNullOrEmpty
        @(Read-Event alice block.*).Count | Should -BeLessThan 1000
        Read-Event alice link.up | Should -Not -BeNullOrEmpty
        Wait-Event alice block.progress '*Flooding: 20000' | Should -Not -BeNullOrEmpty
    }

    It 'does not hold a block back for ever whose caller doesn''t listen' {
        $pair = Start-Pair $TestDrive -TunnelProcess 'cat'
        $gate = [System.Threading.ManualResetEventSlim]::new()
        # The pipeline waits for the block, which has more to say than the pipeline takes meanwhile.
        New-R2Tunnel alice -Node bob -Verbose -Transport { foreach ($i in 1..5000) { Write-Verbose $i }; ($using:gate).Set() } 4>$null |
            ForEach-Object { $gate.Wait(30000) } | Should -BeTrue
    }
}

Describe 'The end of a script block' {
    AfterEach {
        Get-R2Node | Stop-R2Node
        Wait-Condition -What 'the runspaces to close' { -not (Get-BlockRunspace) }
    }

    It 'is told to the other end with a status when it throws' {
        $pair = Start-Pair $TestDrive -TunnelProcess {
            'before'
            throw 'bad'
        }
        (New-R2Tunnel alice 'cat' -Node bob -Wait).ExitStatus | Should -Be 1
        $failure = $pair.Alice.Errors[-1]
        $failure.Exception.Message | Should -Be 'bad'
        $failure.InvocationInfo.ScriptName | Should -Be $PSCommandPath
        $failure.InvocationInfo.Line.Trim() | Should -Be "throw 'bad'"
        $line = $failure.InvocationInfo.ScriptLineNumber
        Wait-Event alice block.error "*: bad (Blocks.Tests.ps1:$line)" | Should -Not -BeNullOrEmpty
    }

    It 'waits until it has read what a program sent that has exited' {
        $null = Start-Pair $TestDrive -TunnelProcess 'seq 1 2000; exit 3'
        $file = "$TestDrive/read"
        $tunnel = New-R2Tunnel alice { $input | Set-Content $using:file } -Node bob -Wait
        $tunnel.ExitStatus | Should -Be 3
        Get-Content $file | Should -HaveCount 2000
    }

    It 'comes with <case>' -ForEach @(
        @{ Case = 'its tunnel'; End = { $stream.Tunnel | Remove-R2Tunnel } }
        @{ Case = 'its link'; End = { Disconnect-R2Node alice -Node bob } }
        @{ Case = 'its node'; End = { Stop-R2Node alice } }
        @{ Case = 'the far node'; End = { Stop-R2Node bob } }
    ) {
        $null = Start-Pair $TestDrive -TunnelProcess { 'up'; while ($true) { Start-Sleep 1000 } }
        $stream = New-R2Tunnel alice -AsStream -Node bob
        [System.IO.StreamReader]::new($stream).ReadLine() | Should -Be 'up'
        Get-BlockRunspace | Should -HaveCount 1
        & $End
        Wait-Condition -What 'the block to stop' { -not (Get-BlockRunspace) }
        Wait-Condition -What 'its thread to end' { -not (Get-BlockThread) }
    }

    It 'comes when nobody takes what it <case>' -ForEach @(
        @{ Case = 'puts out'; Block = { while ($true) { 'x' * 1000 } } }
        @{ Case = 'writes'; Block = { param($Stream) $bytes = [byte[]]::new(1000); while ($true) { $Stream.Write($bytes, 0, 1000) } } }
        @{ Case = 'writes, in spite of all errors'; Block = { param($Stream) $bytes = [byte[]]::new(1000); while ($true) { try { $Stream.Write($bytes, 0, 1000) } catch { } } } }
    ) {
        $null = Start-Pair $TestDrive -TunnelProcess $Block
        $stream = New-R2Tunnel alice -AsStream -Node bob
        $stream.Read([byte[]]::new(100), 0, 100) | Should -BeGreaterThan 0
        $stream.Dispose()
        Wait-Condition -What 'the block to stop' { -not (Get-BlockRunspace) }
    }

    It 'comes with Ctrl+C, at once, where the cmdlet waits for it' {
        $null = Start-Pair $TestDrive -TunnelProcess 'cat'
        $shell = Start-Shell "New-R2Tunnel alice { 'up'; while (`$true) { Start-Sleep 1000 } } -Node bob -Wait"
        Wait-Condition -What 'the block to run' { Get-R2Tunnel -Node bob | Where-Object { $_.State -eq 'Open' -and $_.BytesReceived -gt 0 } }
        Stop-Shell $shell | Should -BeLessThan 4000
        Wait-Condition -What 'the block to stop' { -not (Get-BlockRunspace) }
        Wait-Condition -What 'its thread to end' { -not (Get-BlockThread) }
    }

    It 'comes with Ctrl+C while the link is connected that it is to carry' {
        $null = Start-R2Node bob
        $shell = Start-Shell "Connect-R2Node { while (`$true) { Start-Sleep 1000 } } -Node bob -Timeout 10m"
        Wait-Condition -What 'the block to run' { Get-BlockRunspace }
        Stop-Shell $shell | Should -BeLessThan 4000
        Wait-Condition -What 'the block to stop' { -not (Get-BlockRunspace) }
        Get-R2Peer -Node bob | Should -BeNullOrEmpty
    }

    It 'is not waited for where it is stuck in a call that can''t be interrupted; it is told' {
        $null = Start-Pair $TestDrive
        $gate = [System.Threading.ManualResetEventSlim]::new()
        try {
            $null = Register-R2Service stuck { 'up'; ($using:gate).Wait() } -Node alice
            $stream = New-R2Tunnel alice -Service stuck -AsStream -Node bob
            [System.IO.StreamReader]::new($stream).ReadLine() | Should -Be 'up'
            Remove-R2Tunnel $stream.Tunnel.Id -Node bob
            Wait-Event alice block.error '*did not stop within 5 s*' | Should -Not -BeNullOrEmpty
        }
        finally {
            $gate.Set()
        }
        Wait-Condition -What 'the block to end after all' { -not (Get-BlockRunspace) }
    }

    It 'never begins where the tunnel doesn''t come about' {
        $null = Start-Pair $TestDrive
        $ran = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
        New-R2Tunnel alice -Service none { ($using:ran).Enqueue('ran') } -Node bob -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        Get-BlockRunspace | Should -BeNullOrEmpty
        $ran | Should -BeNullOrEmpty
    }
}

Describe 'Many script blocks' {
    It 'run at once: 100 tunnels into a service' {
        $null = Start-Pair $TestDrive
        $all = [System.Threading.CountdownEvent]::new(100)
        $null = Register-R2Service meet -Node alice -Transport {
            process {
                # Each waits for all the others: they run at the same time, or not at all.
                $null = ($using:all).Signal()
                if (($using:all).Wait([timespan]::FromMinutes(2))) { "<$_>" }
            }
        }
        $sockets = @(Get-OpenSocket).Count
        $streams = 1..100 | ForEach-Object { New-R2Tunnel alice -Service meet -AsStream -Node bob }
        foreach ($i in 1..100) {
            $bytes = [Encoding]::UTF8.GetBytes("$i`n")
            $streams[$i - 1].Write($bytes, 0, $bytes.Length)
        }
        $answers = foreach ($stream in $streams) { [System.IO.StreamReader]::new($stream).ReadLine() }
        $answers | Should -Be (1..100 | ForEach-Object { "<$_>" })
        (Get-R2Service meet -Node alice).Active | Should -Be 100
        Get-BlockRunspace | Should -HaveCount 100

        $streams | ForEach-Object Dispose
        Wait-Condition -Seconds 60 -What 'all to end' { -not (Get-BlockRunspace) -and -not (Get-BlockThread) }
        (Get-R2Service meet -Node alice).Active | Should -Be 0
        @(Get-OpenSocket).Count | Should -BeLessOrEqual $sockets
        Get-R2Node | Stop-R2Node
    }

    It 'leave nothing when the module is removed' {
        $sockets = @(Get-OpenSocket).Count
        $shell = Start-Shell @"
            `$alice = Start-R2Node alice -Listen 'unix://$TestDrive/many' -TunnelProcess { 'up'; while (`$true) { Start-Sleep 1000 } } -Allow *
            `$bob = Start-R2Node bob
            `$null = Connect-R2Node 'unix://$TestDrive/many' -Node bob
            1..20 | ForEach-Object { [System.IO.StreamReader]::new((New-R2Tunnel alice -AsStream -Node bob)).ReadLine() }
            (Get-Runspace | Where-Object Name -Like 'PnetPS*').Count
            Remove-Module PnetPS
"@
        Wait-Condition -Seconds 60 -What 'the script' { $shell.Running.IsCompleted }
        $shell.Shell.Streams.Error | Should -BeNullOrEmpty
        $shell.Output | Select-Object -Last 1 | Should -Be 20
        $null = Stop-Shell $shell
        Wait-Condition -What 'the runspaces to close' { -not (Get-BlockRunspace) }
        Wait-Condition -What 'the threads to end' { -not (Get-BlockThread) }
        Wait-Condition -What 'the sockets to close' { @(Get-OpenSocket).Count -le $sockets + 1 }
        Get-Child | Should -BeNullOrEmpty
    }
}
