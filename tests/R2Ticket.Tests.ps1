#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'R2Ticket' {
    BeforeEach {
        $alice = Start-R2Node alice -Listen 'tcp://127.0.0.1:0', "unix://$TestDrive/alice" -TunnelProcess 'cat' -SocketPath "$TestDrive/alice.sock"
        $bob = Start-R2Node bob
    }

    AfterEach {
        Get-R2Node | Stop-R2Node
    }

    It 'connects two people by copy and paste' {
        $pasted = "$(New-R2Ticket alice)"
        $pasted | Should -MatchExactly '^r2ticket[1-9A-HJ-NP-Za-km-z]+$'
        $peer = Connect-R2Node -Ticket $pasted -Node bob
        $peer.Id | Should -BeExactly $alice.Id
        $peer.Name | Should -Be 'alice'

        # It says who alice is and where, and gives no right.
        { New-R2Tunnel alice -AsStream -Node bob -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
    }

    It 'tells what it is' {
        $ticket = New-R2Ticket alice -OneTime -ExpiresIn 1h
        $ticket.Id | Should -BeExactly $alice.Id
        $ticket.Endpoints | Should -Be $alice.Endpoints
        $ticket.OneTime | Should -BeTrue
        $ticket.Expires | Should -BeGreaterThan ([datetime]::Now.AddMinutes(59))
        "$ticket" | Should -BeExactly $ticket.Ticket
        ($ticket | Out-String -Width 100) | Should -Match '(?m)^Ticket +: r2ticket'
    }

    It 'that is to be used once makes the one who uses it known, and nobody after that' {
        $ticket = New-R2Ticket -Node alice -OneTime -Name friend
        $ticket | Connect-R2Node -Node bob | Out-Null
        (Get-R2Access -Node alice).Name | Should -Be 'friend'
        (Get-R2Access -Node alice).Id | Should -BeExactly $bob.Id
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) 'let in' | Should -Be 'let in'

        # By the same node it can be shown again, as after a link that was lost; by another it is nothing.
        { Connect-R2Node -Ticket $ticket -Node bob -ErrorAction Stop } | Should -Not -Throw
        $carol = Start-R2Node carol
        $failure = try { Connect-R2Node -Ticket $ticket -Node carol -ErrorAction Stop } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -Be 'PeerRefused,PnetPS.Commands.ConnectR2NodeCommand'
        "$failure" | Should -BeLike '*was used already*'
        $failure.ErrorDetails.RecommendedAction | Should -Be 'Ask for another one.'
        Get-R2Peer -Node carol | Should -BeNullOrEmpty
        (Get-R2Access -Node alice).Id | Should -BeExactly $bob.Id
        (Get-R2Event 'ticket.*' -Node alice).Kind | Should -Be 'ticket.issued', 'ticket.used', 'ticket.refused'
        (Get-R2Event ticket.refused -Node alice).Message | Should -BeLike '*ticket*'
    }

    It 'ends when it was said to' {
        $ticket = New-R2Ticket alice -OneTime -ExpiresIn 1s
        Wait-Condition -What 'its end' { [datetime]::Now -gt $ticket.Expires }
        $failure = try { Connect-R2Node -Ticket $ticket -Node bob -ErrorAction Stop } catch { $_ }
        "$failure" | Should -BeLike 'the ticket has expired*'
        Get-R2Peer -Node bob | Should -BeNullOrEmpty
    }

    It 'is given out and used by daemons as well' {
        $ticket = New-R2Ticket -SocketPath "$TestDrive/alice.sock" -OneTime
        $null = Start-R2Node dave -SocketPath "$TestDrive/dave.sock"
        (Connect-R2Node -Ticket $ticket -SocketPath "$TestDrive/dave.sock").Name | Should -Be 'alice'
        Send-Line (New-R2Tunnel alice -AsStream -SocketPath "$TestDrive/dave.sock") 'there' | Should -Be 'there'
    }

    It 'leads to the first endpoint that answers' {
        $ticket = New-R2Ticket alice -Endpoint "tcp://127.0.0.1:$(Get-FreePort)", $alice.Endpoints[0]
        (Connect-R2Node -Ticket $ticket -Node bob).Transport | Should -Be $alice.Endpoints[0]
    }

    It 'says of each endpoint why it leads nowhere' {
        $ticket = New-R2Ticket alice -Endpoint "tcp://127.0.0.1:$(Get-FreePort)", "unix://$TestDrive/nobody"
        $failure = try { Connect-R2Node -Ticket $ticket -Node bob -Timeout 60s -ErrorAction Stop } catch { $_ }
        "$failure" | Should -BeLike "*tcp://127.0.0.1:*unix://$TestDrive/nobody*"
        Get-R2Peer -Node bob | Should -BeNullOrEmpty
    }

    It 'is refused where it is <case>' -ForEach @(
        @{ Case = 'cut off'; Change = { $args[0].Substring(0, $args[0].Length - 3) }; Says = '*cut off or changed*' }
        @{ Case = 'mistyped'; Change = { $text = $args[0]; $text.Substring(0, 40) + ($text[40] -ceq 'x' ? 'y' : 'x') + $text.Substring(41) }; Says = '*checksum*' }
        @{ Case = 'no ticket'; Change = { 'hello' }; Says = '*is no ticket*' }
        @{ Case = 'full of other characters'; Change = { $args[0] + '0' }; Says = "*'0' at position*" }
    ) {
        $text = & $Change "$(New-R2Ticket alice)"
        $failure = try { Connect-R2Node -Ticket $text -Node bob -ErrorAction Stop } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -Be 'InvalidInput,PnetPS.Commands.ConnectR2NodeCommand'
        "$failure" | Should -BeLike $Says
    }

    It 'is read with the line ends that mail puts into it' {
        $text = "$(New-R2Ticket alice)"
        (Connect-R2Node -Ticket " $($text.Substring(0, 30))`r`n  $($text.Substring(30))`n" -Node bob).Name | Should -Be 'alice'
    }

    It 'never names a command or a script block' {
        foreach ($endpoint in 'touch /tmp/pwned', 'exec://touch', 'scriptblock://1', '-') {
            { New-R2Ticket alice -Endpoint $endpoint -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,*'
        }
    }

    It 'is not given out by a node that nobody can reach' {
        $failure = try { New-R2Ticket bob -ErrorAction Stop } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -Be 'InvalidInput,PnetPS.Commands.NewR2TicketCommand'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*New-R2Listener*'
    }

    It 'asks before it is made' {
        New-R2Ticket alice -WhatIf | Should -BeNullOrEmpty
        Get-R2Event 'ticket.*' -Node alice | Should -BeNullOrEmpty
    }
}
