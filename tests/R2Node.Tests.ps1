#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Start-R2Node' {
    AfterEach {
        Get-R2Node | Stop-R2Node
    }

    It 'starts a node with a key of its own' {
        $node = Start-R2Node alice
        $node.Name | Should -BeExactly 'alice'
        $node.Id | Should -Match '^[1-9A-HJ-NP-Za-km-z]{43,44}$'
        $node.State | Should -Be Running
        $node.InProcess | Should -BeTrue
        "$node" | Should -BeExactly 'alice'
    }

    It 'keeps its id in a key file that only the owner may read' {
        $first = Start-R2Node alice -KeyPath "$TestDrive/alice.key"
        $first | Stop-R2Node
        (Start-R2Node alice -KeyPath "$TestDrive/alice.key").Id | Should -BeExactly $first.Id
        [int] (Get-Item "$TestDrive/alice.key").UnixFileMode | Should -Be 0x180
    }

    It 'refuses a key file that others may read' {
        Start-R2Node alice -KeyPath "$TestDrive/open.key" | Stop-R2Node
        chmod 644 "$TestDrive/open.key"
        { Start-R2Node alice -KeyPath "$TestDrive/open.key" -ErrorAction Stop } |
            Should -Throw -ErrorId 'PermissionDenied,PnetPS.Commands.StartR2NodeCommand'
    }

    It 'listens where it is told and says at which port' {
        $node = Start-R2Node alice -Listen tcp://127.0.0.1:0, "unix://$TestDrive/start"
        $node.Endpoints[0] | Should -Match '^tcp://127\.0\.0\.1:[1-9]\d+$'
        "$TestDrive/start" | Should -Exist
    }

    It 'takes nodes from a table' {
        "Name,Listen`nalice,tcp://127.0.0.1:0`nbob,unix://$TestDrive/table" | ConvertFrom-Csv | Start-R2Node | Should -HaveCount 2
        (Get-R2Node).Name | Should -Be 'alice', 'bob'
    }

    It 'does nothing with -WhatIf' {
        Start-R2Node alice -WhatIf | Should -BeNullOrEmpty
        Get-R2Node | Should -BeNullOrEmpty
    }

    It 'refuses a second node of the same name' {
        $null = Start-R2Node alice
        { Start-R2Node Alice -ErrorAction Stop } | Should -Throw -ErrorId 'AlreadyExists,PnetPS.Commands.StartR2NodeCommand'
        Get-R2Node | Should -HaveCount 1
    }

    It 'leaves nothing when an endpoint is taken' {
        $null = Start-R2Node alice -Listen "unix://$TestDrive/taken"
        { Start-R2Node bob -SocketPath "$TestDrive/bob.sock" -Listen "unix://$TestDrive/taken" -ErrorAction Stop } |
            Should -Throw -ErrorId 'AlreadyExists,PnetPS.Commands.StartR2NodeCommand'
        "$TestDrive/bob.sock" | Should -Not -Exist
        (Get-R2Node).Name | Should -Be 'alice'
    }

    It 'says what is wrong with <case>' -ForEach @(
        @{ Case = 'a name'; Parameters = @{ Name = 'no name' }; Text = '*no name*' }
        @{ Case = 'an endpoint'; Parameters = @{ Listen = 'tcp://127.0.0.1' }; Text = '*tcp://HOST:PORT*' }
        @{ Case = 'a scheme'; Parameters = @{ Listen = 'pigeon://coop' }; Text = '*pigeon*' }
    ) {
        $failure = { Start-R2Node @Parameters -ErrorAction Stop } | Should -Throw -PassThru
        $failure.Exception.Message | Should -BeLike $Text
        $failure.FullyQualifiedErrorId | Should -Be 'InvalidInput,PnetPS.Commands.StartR2NodeCommand'
        $failure.CategoryInfo.Category | Should -Be InvalidArgument
    }
}

Describe 'Get-R2Node and Stop-R2Node' {
    BeforeEach {
        $alice = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
        $bob = Start-R2Node bob
    }

    AfterEach {
        Get-R2Node | Stop-R2Node
    }

    It 'gets nodes by name, wildcard, id and start of an id' {
        (Get-R2Node alice).Id | Should -BeExactly $alice.Id
        (Get-R2Node 'b*').Name | Should -Be 'bob'
        (Get-R2Node $bob.Id).Name | Should -Be 'bob'
        (Get-R2Node $bob.Id.Substring(0, 8)).Name | Should -Be 'bob'
        Get-R2Node 'nobody*' | Should -BeNullOrEmpty
    }

    It 'names the nodes that there are when one is unknown, and goes on' {
        $found = Get-R2Node nobody, alice -ErrorVariable failed -ErrorAction SilentlyContinue
        $found.Name | Should -Be 'alice'
        $failed[0].FullyQualifiedErrorId | Should -Be 'NotFound,PnetPS.Commands.GetR2NodeCommand'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike '*alice, bob*'
    }

    It 'wants to know which of several nodes is meant' {
        $failure = { Get-R2Peer -ErrorAction Stop } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -Be 'InvalidInput,PnetPS.Commands.GetR2PeerCommand'
        $failure.Exception.Message | Should -BeLike '*alice, bob*'
    }

    It 'stops a node by name, by object and through the pipeline' {
        Stop-R2Node alice
        $alice.State | Should -Be Stopped
        "$TestDrive/alice.sock" | Should -Not -Exist
        $bob | Stop-R2Node
        Get-R2Node | Should -BeNullOrEmpty
    }

    It 'stops nothing with -WhatIf, and nothing that was not named' {
        Get-R2Node | Stop-R2Node -WhatIf
        { Stop-R2Node -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.StopR2NodeCommand'
        Get-R2Node | Should -HaveCount 2
    }

    It 'says so when a node has stopped' {
        $alice | Stop-R2Node
        { $alice | Get-R2Peer -ErrorAction Stop } | Should -Throw -ErrorId 'NodeClosed,PnetPS.Commands.GetR2PeerCommand'
    }

    It 'drives a node through its manager socket as if it were a daemon' {
        $daemon = Get-R2Node -SocketPath "$TestDrive/alice.sock"
        $daemon.Id | Should -BeExactly $alice.Id
        $daemon.InProcess | Should -BeFalse
        $daemon | Get-R2Peer | Should -BeNullOrEmpty
        Stop-R2Node -SocketPath "$TestDrive/alice.sock"
        Wait-Condition -What 'the node to stop' { $alice.State -eq 'Stopped' }
        (Get-R2Node).Name | Should -Be 'bob'
    }

    It 'says so when a daemon has gone, and finds the next one' {
        $null = Get-R2Node -SocketPath "$TestDrive/alice.sock"
        $alice | Stop-R2Node
        { Get-R2Peer -SocketPath "$TestDrive/alice.sock" -ErrorAction Stop } |
            Should -Throw -ErrorId 'PeerUnreachable,PnetPS.Commands.GetR2PeerCommand'
        $next = Start-R2Node carol -SocketPath "$TestDrive/alice.sock"
        (Get-R2Node -SocketPath "$TestDrive/alice.sock").Id | Should -BeExactly $next.Id
    }

    It 'takes the default daemon where no node runs in the process' {
        $alice, $bob | Stop-R2Node
        { Get-R2Peer -ErrorAction Stop } | Should -Throw -ErrorId 'PeerUnreachable,PnetPS.Commands.GetR2PeerCommand'
        Get-R2Node | Should -BeNullOrEmpty
    }

    It 'completes node names and ids' {
        (TabExpansion2 'Stop-R2Node a').CompletionMatches.CompletionText | Should -Be 'alice'
        (TabExpansion2 'Get-R2Peer -Node ').CompletionMatches.CompletionText | Should -Be 'alice', 'bob'
        $start = $bob.Id.Substring(0, 6)
        (TabExpansion2 "Get-R2Peer -Node $start").CompletionMatches.CompletionText | Should -Be $bob.Id
    }
}

Describe 'Connect-R2Node and Disconnect-R2Node' {
    BeforeEach {
        $alice = Start-R2Node alice -Listen "unix://$TestDrive/link"
        $bob = Start-R2Node bob
    }

    AfterEach {
        Get-R2Node | Stop-R2Node
    }

    It 'connects over <case>' -ForEach @(
        @{ Case = 'a URI'; Transport = { "unix://$TestDrive/link" } }
        @{ Case = 'a command line'; Transport = { "socat unix-connect:'$TestDrive/link' -" } }
    ) {
        $peer = Connect-R2Node (& $Transport) -Node bob
        $peer.Name | Should -Be 'alice'
        $peer.Id | Should -BeExactly $alice.Id
        $peer.State | Should -Be Up
        $peer.Node | Should -Be $bob
    }

    It 'connects over a script block that gets the stream' {
        $path = "$TestDrive/link"
        $peer = Connect-R2Node -Node bob {
            param($Stream)
            $socket = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
            $socket.Connect([System.Net.Sockets.UnixDomainSocketEndPoint]::new($using:path))
            $network = [System.Net.Sockets.NetworkStream]::new($socket, $true)
            [System.Threading.Tasks.Task]::WaitAny($network.CopyToAsync($Stream), $Stream.CopyToAsync($network))
            $network.Dispose()
        }
        $peer.Name | Should -Be 'alice'
        $peer.Transport | Should -BeLike '{ param($Stream)*'
        Test-R2Peer alice -Node bob -Count 1 -Quiet | Should -BeTrue
    }

    It 'connects over a stream' {
        $socket = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
        $socket.Connect([System.Net.Sockets.UnixDomainSocketEndPoint]::new("$TestDrive/link"))
        $peer = Connect-R2Node ([System.Net.Sockets.NetworkStream]::new($socket, $true)) -Node bob
        $peer.Name | Should -Be 'alice'
        Test-R2Peer alice -Node bob -Count 1 -Quiet | Should -BeTrue
    }

    It 'takes links from a table by property name' {
        "Node,Transport,NodeId`nbob,unix://$TestDrive/link,$($alice.Id)" | ConvertFrom-Csv | Connect-R2Node |
            ForEach-Object Name | Should -Be 'alice'
    }

    It 'goes on after an item that fails' {
        $peers = "unix://$TestDrive/nothing", "unix://$TestDrive/link" |
            ForEach-Object { [pscustomobject] @{ Transport = $_ } } |
            Connect-R2Node -Node bob -NoReconnect -ErrorVariable failed -ErrorAction SilentlyContinue
        $peers.Name | Should -Be 'alice'
        $failed[0].FullyQualifiedErrorId | Should -Be 'PeerUnreachable,PnetPS.Commands.ConnectR2NodeCommand'
        $failed[0].CategoryInfo.Category | Should -Be ConnectionError
    }

    It 'says which key it found instead of the pinned one' {
        $failure = { Connect-R2Node "unix://$TestDrive/link" -Node bob -NodeId $bob.Id -ErrorAction Stop } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -Be 'IdentityMismatch,PnetPS.Commands.ConnectR2NodeCommand'
        $failure.CategoryInfo.Category | Should -Be AuthenticationError
        $failure.Exception.Message | Should -BeLike "*$($alice.Id)*"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-R2Peer -Node bob | Should -BeNullOrEmpty
    }

    It 'says what is wrong with <case>' -ForEach @(
        @{ Case = 'an id'; Parameters = @{ Transport = 'cat'; NodeId = 'l0l' }; Id = 'InvalidInput' }
        @{ Case = 'a URI'; Parameters = @{ Transport = 'tcp://127.0.0.1' }; Id = 'InvalidInput' }
        @{ Case = 'the stdio it does not have'; Parameters = @{ Transport = '-' }; Id = 'InvalidInput' }
        @{ Case = 'a program that is missing'; Parameters = @{ Transport = '/no/such/program' }; Id = 'PeerUnreachable' }
        @{ Case = 'a program that speaks no protocol'; Parameters = @{ Transport = 'yes' }; Id = 'ProtocolViolation' }
        @{ Case = 'a silent program'; Parameters = @{ Transport = 'sleep 1000'; Timeout = '200ms' }; Id = 'TimedOut' }
    ) {
        { Connect-R2Node @Parameters -Node bob -NoReconnect -ErrorAction Stop } |
            Should -Throw -ErrorId "$Id,PnetPS.Commands.ConnectR2NodeCommand"
        Wait-Condition -What 'the program to end' { -not (Get-Child) }
    }

    It 'tells the error of a script block that throws' {
        Connect-R2Node -Node bob -NoReconnect { throw 'no way' } -ErrorVariable failed -ErrorAction SilentlyContinue
        "$failed" | Should -BeLike '*no way*'
        $failed[-1].FullyQualifiedErrorId | Should -Be 'PeerUnreachable,PnetPS.Commands.ConnectR2NodeCommand'
        $failed[-1].Exception.Message | Should -BeLike "{ throw 'no way' }*"
        $bob.Errors.Exception.Message | Should -Contain 'no way'
    }

    It 'tries in the background' {
        Connect-R2Node "unix://$TestDrive/later" -Node bob -Background | ForEach-Object State | Should -BeIn Connecting, Reconnecting
        $null = Start-R2Node carol -Listen "unix://$TestDrive/later"
        Wait-Condition -What 'the link' { Get-R2Peer -Node bob | Where-Object { $_.Name -eq 'carol' -and $_.State -eq 'Up' } }
    }

    It 'connects a daemon over a script block of this process' {
        $null = Start-R2Node carol -SocketPath "$TestDrive/carol.sock"
        $path = "$TestDrive/link"
        $peer = Connect-R2Node -SocketPath "$TestDrive/carol.sock" {
            param($Stream)
            $socket = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
            $socket.Connect([System.Net.Sockets.UnixDomainSocketEndPoint]::new($using:path))
            $network = [System.Net.Sockets.NetworkStream]::new($socket, $true)
            [System.Threading.Tasks.Task]::WaitAny($network.CopyToAsync($Stream), $Stream.CopyToAsync($network))
            $network.Dispose()
        }
        $peer.Name | Should -Be 'alice'
        Test-R2Peer alice -SocketPath "$TestDrive/carol.sock" -Count 1 -Quiet | Should -BeTrue
    }

    It 'disconnects by <case>' -ForEach @(
        @{ Case = 'name'; Disconnect = { Disconnect-R2Node alice -Node bob } }
        @{ Case = 'id'; Disconnect = { Disconnect-R2Node $alice.Id -Node bob } }
        @{ Case = 'object'; Disconnect = { Get-R2Peer -Node bob | Disconnect-R2Node } }
        @{ Case = 'the link itself'; Disconnect = { Disconnect-R2Node "#$((Get-R2Peer -Node bob).Link)" -Node bob } }
    ) {
        $null = Connect-R2Node "unix://$TestDrive/link" -Node bob
        & $Disconnect
        Get-R2Peer -Node bob | Should -BeNullOrEmpty
        Wait-Condition -What 'the goodbye' { -not (Get-R2Peer -Node alice) }
    }

    It 'disconnects nothing with -WhatIf' {
        $null = Connect-R2Node "unix://$TestDrive/link" -Node bob
        Get-R2Peer -Node bob | Disconnect-R2Node -WhatIf
        (Get-R2Peer -Node bob).State | Should -Be Up
    }

    It 'is stopped at once by Ctrl+C' {
        $shell = Start-Shell "'connecting'; Connect-R2Node 'sleep 1000' -Node bob -Timeout 1h"
        Wait-Condition -What 'the attempt' { $shell.Output.Count -gt 0 -and (Get-Child) }
        Stop-Shell $shell
        Wait-Condition -What 'the program to end' { -not (Get-Child) }
        Get-R2Peer -Node bob | Should -BeNullOrEmpty
    }
}
