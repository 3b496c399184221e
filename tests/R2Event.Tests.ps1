#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $null = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
    $null = Start-R2Node bob

    # A watch begins some time after it is asked for: makes things happen until it has seen enough.
    function Wait-Output($Shell) {
        Wait-Condition -Seconds 20 -What 'the events' {
            Get-R2Node | ForEach-Object { New-R2Listener tcp://127.0.0.1:0 -Node $_ } | Remove-R2Listener
            $Shell.Running.IsCompleted
        }
    }
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Watch-R2Event' {
    It 'follows what happens, <case>' -ForEach @(
        @{ Case = 'in this process'; Where = '-Node alice' }
        @{ Case = 'at a daemon'; Where = "-SocketPath '{0}/alice.sock'" }
    ) {
        $shell = Start-Shell "Watch-R2Event listener.open -Count 2 $($Where -f $TestDrive)"
        Wait-Output $shell
        $shell.Output | Should -HaveCount 2
        $shell.Output | ForEach-Object {
            $_.Kind | Should -Be 'listener.open'
            $_.Message | Should -BeLike '*tcp://127.0.0.1:*'
            $_.Time | Should -BeOfType datetime
            $_.Warning | Should -BeFalse
            "$($_.Node)" | Should -Be 'alice'
        }
        $null = Stop-Shell $shell
    }

    It 'follows several nodes at once' {
        $shell = Start-Shell 'Get-R2Node | Watch-R2Event listener.* | ForEach-Object { "$($_.Node)"; $_ } | Select-Object -First 12'
        Wait-Output $shell
        $shell.Output | Where-Object { $_ -is [string] } | Sort-Object -Unique | Should -Be 'alice', 'bob'
        $null = Stop-Shell $shell
    }

    It 'ends after the time, with nothing where nothing happened' {
        Watch-R2Event -Node alice -Timeout 20ms | Should -BeNullOrEmpty
    }

    It 'ends with its node, and says so' {
        $carol = Start-R2Node carol
        $shell = Start-Shell 'try { Watch-R2Event -Node carol -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }'
        Wait-Condition -What 'the watch' {
            New-R2Listener tcp://127.0.0.1:0 -Node carol | Remove-R2Listener
            $shell.Output.Count -gt 0
        }
        $carol | Stop-R2Node
        Wait-Condition -What 'the end of the watch' { $shell.Running.IsCompleted }
        $shell.Output[-1] | Should -Be 'NodeClosed,PnetPS.Commands.WatchR2EventCommand'
        $null = Stop-Shell $shell
    }

    It 'ends with Ctrl+C' {
        $shell = Start-Shell "'watching'; Watch-R2Event -Node alice"
        Wait-Condition -What 'the start' { $shell.Output.Count -gt 0 }
        Stop-Shell $shell | Should -BeLessThan 500
    }
}
