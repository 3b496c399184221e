#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

using namespace System.Text

# What script blocks say on their other streams: at the cmdlet, and in the events of the node.
BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/BlockStage.ps1"
}

AfterAll {
    Get-R2Node | Stop-R2Node
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
        (Wait-Event alice block.information -Count 2).Message | ForEach-Object { ($_ -split ': ')[-1] } | Should -Be 'by the way', 'out loud'
        Wait-Event alice block.progress '*Counting: half (50 %)' | Should -Not -BeNullOrEmpty
        $failure = Wait-Event alice block.error '*not so bad (BlockMessages.Tests.ps1:*'
        $failure.Warning | Should -BeTrue
        $failure.Message | Should -BeLike "{ Write-Verbose 'in other words'*"
        $pair.Alice.Errors.Exception.Message | Should -Be 'not so bad'
    }

    It 'is watched as it comes' {
        $null = Start-Pair $TestDrive -TunnelProcess { process { Write-Warning "got $_"; $_ } }
        $shell = Start-Shell "Watch-R2Event block.* -Node alice -Count 1 | ForEach-Object ToString"
        $stream = New-R2Tunnel alice -AsStream -Node bob
        $bytes = [Encoding]::UTF8.GetBytes("line`n")
        Wait-Condition -What 'the event' {
            $stream.Write($bytes, 0, $bytes.Length)
            $shell.Running.IsCompleted
        }
        $shell.Output | Should -BeLike 'block.warning { *: got line'
        Stop-Shell $shell
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
        Wait-Event bob block.error '*no way there (BlockMessages.Tests.ps1:*' | Should -Not -BeNullOrEmpty
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
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $null = Start-Pair $TestDrive -TunnelProcess {
            $VerbosePreference = 'Continue'
            foreach ($i in 1..20000) { Write-Verbose $i; Write-Progress 'Flooding' -Status $i }
            Write-Error 'still heard'
            'done'
        }
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() | Should -Be 'done'
        Wait-Event alice block.error '*still heard*' | Should -Not -BeNullOrEmpty
        Wait-Event alice block.lost | Should -Not -BeNullOrEmpty
        # 200 of each kind at once, and 20 a second of each: of what is said, and of progress.
        @(Read-Event alice block.*).Count | Should -BeLessThan (1000 + 40 * $watch.Elapsed.TotalSeconds)
        Read-Event alice link.up | Should -Not -BeNullOrEmpty
        Wait-Event alice block.progress '*Flooding: 20000' | Should -Not -BeNullOrEmpty
    }

    It 'does not hold a block back for ever whose caller doesn''t listen' {
        $pair = Start-Pair $TestDrive -TunnelProcess 'cat'
        $gate = [System.Threading.ManualResetEventSlim]::new()
        # The pipeline waits for the block, which has more to say than the pipeline takes meanwhile.
        New-R2Tunnel alice -Node bob -Verbose -Transport { foreach ($i in 1..5000) { Write-Verbose $i }; ($using:gate).Set() } 4>$null |
            ForEach-Object { $gate.Wait(60000) } | Should -BeTrue
    }
}
