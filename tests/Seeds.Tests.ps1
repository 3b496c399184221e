#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# The examples of seeds 1 and 3, from PowerShell, with the real programs.

BeforeDiscovery {
    $programs = Get-ChildItem "$PSScriptRoot/../src/Pnet.Cli/bin/*/net10.0/r2" -ErrorAction Ignore
    $noManager = -not $programs
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'Links' {
    AfterEach {
        Get-R2Node | Stop-R2Node
        Stop-Program
        Get-ChildItem $TestDrive -Filter *.sock | Remove-Item
        Wait-Condition -What 'all programs to end' { -not (Get-Child) }
    }

    It 'are made over socat and TCP, each end by a command line' {
        $alice = Start-R2Node alice -TunnelProcess 'cat' -Allow *
        $bob = Start-R2Node bob -TunnelProcess { process { "bob: $_" } } -Allow *
        $port = Get-FreePort
        $null = Connect-R2Node "socat tcp-l:$port,bind=127.0.0.1,reuseaddr -" -Node alice -Background
        $peer = Connect-R2Node "socat tcp:127.0.0.1:$port,retry=1000,interval=0.05 -" -Node bob -NodeId $alice.Id
        $peer.Name | Should -Be 'alice'
        Wait-Condition -What 'the other end' { (Get-R2Peer -Node alice).State -eq 'Up' }

        Send-Line (New-R2Tunnel alice -AsStream -Node bob) 'to the program' | Should -Be 'to the program'
        Send-Line (New-R2Tunnel bob -AsStream -Node alice) 'to the block' | Should -Be 'bob: to the block'
    }

    It 'are made over UNIX sockets' {
        $alice = Start-R2Node alice
        $null = Start-R2Node bob
        $null = Connect-R2Node "socat unix-l:'$TestDrive/link' -" -Node alice -Background
        Wait-Condition -What 'socat' { Test-Path "$TestDrive/link" }
        (Connect-R2Node "socat unix:'$TestDrive/link' -" -Node bob).Id | Should -BeExactly $alice.Id
        Test-R2Peer alice -Node bob -Count 1 -Quiet | Should -BeTrue
    }

    It 'are made over a serial line' {
        $alice = Start-R2Node alice
        $null = Start-R2Node bob
        $null = Start-Program socat "pty,raw,echo=0,link=$TestDrive/tty0", "pty,raw,echo=0,link=$TestDrive/tty1"
        Wait-Condition -What 'the line' { (Test-Path "$TestDrive/tty0") -and (Test-Path "$TestDrive/tty1") }
        $null = Connect-R2Node "socat '$TestDrive/tty0',raw,echo=0 -" -Node alice -Background
        (Connect-R2Node "socat '$TestDrive/tty1',raw,echo=0 -" -Node bob).Id | Should -BeExactly $alice.Id
        Test-R2Peer alice -Node bob -Count 1 -Quiet | Should -BeTrue
    }

    It 'are accepted by socat for a manager, pinned or not' -Skip:$noManager {
        $alice = Start-R2Node alice -SocketPath "$TestDrive/alice.sock" -TunnelProcess 'cat'
        $bob = Start-R2Node bob
        $carol = Start-R2Node carol
        $open, $pinned = (Get-FreePort), (Get-FreePort)
        $null = Start-Program socat "tcp-l:$open,bind=127.0.0.1,reuseaddr,fork", "exec:$r2 -s $TestDrive/alice.sock connect -"
        $null = Start-Program socat "tcp-l:$pinned,bind=127.0.0.1,reuseaddr,fork", "exec:$r2 -s $TestDrive/alice.sock connect -n $($bob.Id) -"

        $null = Connect-R2Node "socat tcp:127.0.0.1:$open,retry=1000,interval=0.05 -" -Node carol -NodeId $alice.Id
        $null = Connect-R2Node "socat tcp:127.0.0.1:$pinned,retry=1000,interval=0.05 -" -Node bob -NodeId $alice.Id
        (Get-R2Peer -Node alice).Name | Sort-Object | Should -Be 'bob', 'carol'

        # Only who was named by its key may use the tunnel process.
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) 'pinned' | Should -Be 'pinned'
        { New-R2Tunnel alice -AsStream -Node carol -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,PnetPS.Commands.NewR2TunnelCommand'
        { Connect-R2Node "socat tcp:127.0.0.1:$pinned -" -Node carol -NoReconnect -ErrorAction Stop } | Should -Throw
    }

    It 'join daemons that are driven by their sockets' -Skip:$noManager {
        $alice = Start-Daemon alice -Argument '-l', "unix://$TestDrive/alice", '--allow', '*', 'cat'
        $bob = Start-Daemon bob
        (Get-R2Node -SocketPath $alice).Name | Should -Be 'alice'
        $peer = Connect-R2Node "socat unix:'$TestDrive/alice' -" -SocketPath $bob
        $peer.Id | Should -BeExactly (Get-R2Node -SocketPath $alice).Id
        Test-R2Peer alice -SocketPath $bob -Count 1 -Quiet | Should -BeTrue

        $tunnel = New-R2Tunnel alice "printf 'daemon\n'; head -n 1 > '$TestDrive/daemon'" -SocketPath $bob -Wait
        $tunnel.State | Should -Be Ended
        Get-Content "$TestDrive/daemon" | Should -Be 'daemon'
        Send-Line (New-R2Tunnel alice -AsStream -SocketPath $bob) 'stream' | Should -Be 'stream'

        Stop-R2Node -SocketPath $bob
        Stop-R2Node -SocketPath $alice
        foreach ($program in $started) { $program.WaitForExit(60000) | Should -BeTrue }
        $alice, $bob | Should -Not -Exist
    }

    It 'report a daemon that was killed' -Skip:$noManager {
        $alice = Start-Daemon alice -Argument '-l', "unix://$TestDrive/alice"
        $null = Start-R2Node bob
        $null = Connect-R2Node "unix://$TestDrive/alice" -Node bob
        $started[0].Kill()
        Wait-Condition -What 'the loss' { (Get-R2Peer -Node bob).State -ne 'Up' }
        { Get-R2Peer -SocketPath $alice -ErrorAction Stop } | Should -Throw -ErrorId 'PeerUnreachable,PnetPS.Commands.GetR2PeerCommand'
        (Get-R2Peer -Node bob).Error | Should -Not -BeNullOrEmpty
    }
}

Describe 'Far nodes' {
    BeforeAll {
        # a - b - c - d, each known to all that come through it
        $names = 'a', 'b', 'c', 'd'
        $keys = @{}
        foreach ($name in $names) {
            $node = Start-R2Node $name -KeyPath "$TestDrive/$name.key"
            $keys[$name] = $node.Id
            $node | Stop-R2Node
        }

        $nodes = @{}
        foreach ($name in $names) {
            $nodes[$name] = Start-R2Node $name -KeyPath "$TestDrive/$name.key" -Listen "unix://$TestDrive/$name" -Allow ([string[]] $keys.Values) -TunnelProcess { process { "$($using:name) heard $_" } }
        }

        foreach ($link in @('a', 'b'), @('b', 'c'), @('c', 'd')) {
            $null = Connect-R2Node "unix://$TestDrive/$($link[1])" -Node $link[0] -NodeId $keys[$link[1]]
        }
    }

    AfterAll {
        Get-R2Node | Stop-R2Node
    }

    It 'are listed through a chain of targets' {
        $peers = Get-R2Peer -Node a -Target b/c
        ($peers | Where-Object -Not Via).Name | Sort-Object | Should -Be 'b', 'd'

        # The question itself came over a link of a's, through b.
        ($peers | Where-Object Via -EQ $keys['b']).Name | Should -Be 'a'
    }

    It 'answer a ping, which is routing with n1 = n0, at any depth' {
        foreach ($address in 'b', 'b/c', 'b/c/d') {
            (Test-R2Peer $address -Node a -Count 1).Id | Should -BeExactly $keys[$address.Split('/')[-1]]
        }
    }

    It 'serve tunnels through any number of routers' {
        Send-Line (New-R2Tunnel b/c/d -AsStream -Node a) 'hello' | Should -Be 'd heard hello'
        Send-Line (New-R2Tunnel c/b/a -AsStream -Node d) 'hello' | Should -Be 'a heard hello'
    }

    It 'are out of reach when a router goes' {
        $nodes['c'] | Stop-R2Node
        Test-R2Peer b/c/d -Node a -Count 1 -Timeout 2s -Quiet | Should -BeFalse
        Test-R2Peer b -Node a -Count 1 -Quiet | Should -BeTrue
    }
}
