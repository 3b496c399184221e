#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# A daemon that goes away while cmdlets of another process are driving it.

BeforeDiscovery {
    $noManager = -not (Get-ChildItem "$PSScriptRoot/../src/Pnet.Cli/bin/*/net10.0/r2" -ErrorAction Ignore)
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'A daemon that is killed' -Skip:$noManager {
    BeforeEach {
        $path = Start-Daemon alice -Argument '-l', "unix://$TestDrive/alice"
        $bob = Start-R2Node bob -TunnelProcess 'cat' -Allow *
        $null = Connect-R2Node "unix://$TestDrive/alice" -Node bob
    }

    AfterEach {
        Get-R2Node | Stop-R2Node
        Stop-Program
        Get-ChildItem $TestDrive -Filter *.sock | Remove-Item
    }

    It 'ends <name> with an error that says so' -ForEach @(
        @{ Name = 'Watch-R2Event'; Script = { param($Path) "'ready'; Watch-R2Event -SocketPath '$Path'" } }
        @{ Name = 'Test-R2Peer -Continuous'; Script = { param($Path) "'ready'; Test-R2Peer bob -SocketPath '$Path' -Continuous -Interval 10ms" } }
        @{ Name = 'Wait-R2Peer'; Script = { param($Path) "'ready'; Wait-R2Peer nobody -SocketPath '$Path' -Timeout 1h" } }
        @{ Name = 'New-R2Tunnel -Wait'; Script = { param($Path) "'ready'; New-R2Tunnel bob { while (`$true) { Start-Sleep 1000 } } -SocketPath '$Path' -Wait" } }
    ) {
        $shell = Start-Shell (& $Script $path)
        try {
            Wait-Condition -What 'the script' { $shell.Output.Count -ge 1 }
            if ($Name -eq 'New-R2Tunnel -Wait') { Wait-Condition -What 'the tunnel' { Get-R2Tunnel -SocketPath $path } }
            if ($Name -eq 'Test-R2Peer -Continuous') { Wait-Condition -What 'a reply' { $shell.Output.Count -gt 1 } }
            $started[0].Kill()
            Wait-Condition -What 'the cmdlet to end' { $shell.Running.IsCompleted }
            $failure = $shell.Shell.Streams.Error[-1]
            $failure | Should -Not -BeNullOrEmpty
            $failure.CategoryInfo.Category | Should -BeIn 'ResourceUnavailable', 'ConnectionError', 'ObjectNotFound'
        }
        finally {
            Stop-Shell $shell
        }
    }

    It 'is told by the next cmdlet, with what to do, and by the objects that came from it' {
        $node = Get-R2Node -SocketPath $path
        $null = Get-R2Peer -SocketPath $path
        $started[0].Kill()
        $started[0].WaitForExit(60000) | Should -BeTrue
        $failure = try { Get-R2Peer -SocketPath $path -ErrorAction Stop } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -BeLike 'PeerUnreachable,*'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        { Get-R2Peer -Node $node -ErrorAction Stop } | Should -Throw
        (TabExpansion2 "Get-R2Peer -SocketPath $path -Name a").CompletionMatches | Where-Object CompletionText -EQ alice | Should -BeNullOrEmpty

        # And one that takes its place is found again.
        Remove-Item $path
        $null = Start-Daemon alice
        (Get-R2Node -SocketPath $path).Name | Should -Be 'alice'
    }
}
