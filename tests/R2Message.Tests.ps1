#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $alice = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
    $bob = Start-R2Node bob -Listen "unix://$TestDrive/bob" -Allow $alice.Id
    $carol = Start-R2Node carol -Listen "unix://$TestDrive/carol" -SocketPath "$TestDrive/carol.sock" -Allow $alice.Id -AcceptObject
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node alice -NodeId $bob.Id
    $null = Connect-R2Node "unix://$TestDrive/carol" -Node bob -NodeId $carol.Id
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'R2Message' {
    AfterEach {
        Get-R2Node | ForEach-Object { $null = Receive-R2Message -Node $_ }
    }

    It 'brings text and bytes to far nodes, and tells what each has' {
        $sent = Send-R2Message bob, bob/carol 'hello ü' -Node alice
        $sent.Target | Should -Be 'bob', 'bob/carol'
        $sent.Delivered | Should -Be 1, 1
        $sent[1].Bytes | Should -Be 8
        $null = Send-R2Message bob/carol ([byte[]] (0, 1, 255)) -Node alice
        $got = Receive-R2Message -Node carol
        $got.Kind | Should -Be 'Text', 'Bytes'
        $got[0].Value | Should -BeExactly 'hello ü'
        $got[1].Value | Should -Be 0, 1, 255
        $got.From | Should -Be $alice.Id, $alice.Id
        $got.FromName | Should -Be 'alice', 'alice'
        "$($got[1])" | Should -Be '0001FF'
        Receive-R2Message -Node carol | Should -BeNullOrEmpty
        (Receive-R2Message -Node bob).Value | Should -Be 'hello ü'
    }

    It 'sends what comes through the pipeline in its order' {
        $sent = 1..5000 | ForEach-Object { "$_" } | Send-R2Message bob/carol -Node alice
        $sent.Delivered | Should -Be 5000
        $got = Receive-R2Message -Node carol
        $got | Should -HaveCount 5000
        ($got.Value -join ',') | Should -Be ((1..5000) -join ',')
    }

    It 'brings objects as property bags that execute nothing' {
        $sent = [pscustomobject] @{ Name = 'x'; When = [datetime] '2026-01-02'; List = 1, 2; Block = { throw 'ran' }; Address = [ipaddress]::Loopback }
        (Send-R2Message bob/carol $sent -Node alice).Delivered | Should -Be 1
        $null = Send-R2Message bob/carol (Get-Process -Id $PID) -Node alice -Depth 1
        $null = Send-R2Message bob/carol ([System.Security.Cryptography.X509Certificates.X500DistinguishedName]::new('CN=x')) -Node alice
        $got = Receive-R2Message -Node carol
        $got[0].Kind | Should -Be 'Clixml'
        $got[0].Value.Name | Should -Be 'x'
        $got[0].Value.When | Should -Be ([datetime] '2026-01-02')
        $got[0].Value.List | Should -Be 1, 2
        $got[0].Value.Block | Should -BeOfType string
        $got[0].Value.Address | Should -Not -BeOfType ipaddress
        $got[1].Value.PSObject.TypeNames[0] | Should -BeLike 'Deserialized.System.Diagnostics.Process*'
        $got[1].Value.Id | Should -Be $PID
        $got[2].Value.PSObject.TypeNames[0] | Should -BeLike 'Deserialized.*'
        $got[2].Value | Should -Not -BeOfType System.Security.Cryptography.X509Certificates.X500DistinguishedName
    }

    It 'tells of a node that takes no objects, and brings it to the others' {
        $sent = Send-R2Message bob, bob/carol ([pscustomobject] @{ A = 1 }) -Node alice -ErrorVariable failed -ErrorAction SilentlyContinue
        $sent.Delivered | Should -Be 0, 1
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'PeerRefused,PnetPS.Commands.SendR2MessageCommand'
        "$($failed[0])" | Should -Match 'bob: .*takes no objects'
        $failed[0].TargetObject | Should -Be 'bob'
    }

    It 'sends to every known neighbour with *' {
        $sent = Send-R2Message * 'all' -Node alice
        $sent.Target | Should -Be 'bob'
        $lonely = Start-R2Node lonely
        { Send-R2Message * 'all' -Node lonely -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.SendR2MessageCommand'
        $lonely | Stop-R2Node
    }

    It 'reaches nine of ten targets, through bob, when one can not be reached: <how>' -ForEach @(
        @{ How = 'in this process'; Socket = $false }
        @{ How = 'through the manager socket'; Socket = $true }
    ) {
        $at = $Socket ? @{ SocketPath = "$TestDrive/alice.sock" } : @{ Node = 'alice' }
        $spokes = 1..8 | ForEach-Object {
            $spoke = Start-R2Node "spoke$_" -Listen "unix://$TestDrive/spoke$_" -Allow $alice.Id
            $null = Connect-R2Node "unix://$TestDrive/spoke$_" -Node bob
            $spoke
        }
        $sent = 'hi', 'you' | Send-R2Message (@($spokes.Name | ForEach-Object { "bob/$_" }) + 'bob' + 'bob/nobody') @at -ErrorVariable failed -ErrorAction SilentlyContinue
        $sent | Should -HaveCount 9
        $sent.Delivered | Should -Be (@(2) * 9)
        $failed | Should -HaveCount 1
        $failed[0].TargetObject | Should -Be 'bob/nobody'
        $failed[0].FullyQualifiedErrorId | Should -Match '^(NotFound|PeerUnreachable),PnetPS.Commands.SendR2MessageCommand$'
        foreach ($spoke in $spokes) { (Receive-R2Message -Node $spoke).Value | Should -Be 'hi', 'you' }
        $spokes | Stop-R2Node
    }

    It 'are sent and read through manager sockets as in this process: text, bytes, objects' {
        $sent = 'text', [byte[]] (1, 2), [pscustomobject] @{ A = 1; Node = 'bob' } | Send-R2Message bob/carol -SocketPath "$TestDrive/alice.sock"
        $sent.Delivered | Should -Be 3
        $got = Receive-R2Message -SocketPath "$TestDrive/carol.sock"
        $got.Kind | Should -Be 'Text', 'Bytes', 'Clixml'
        $got.From | Should -Be (@($alice.Id) * 3)
        $got[1].Value | Should -Be 1, 2
        $got[2].Value.A | Should -Be 1
        { Send-R2Message bob ([pscustomobject] @{ A = 1 }) -SocketPath "$TestDrive/alice.sock" -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*' -ExpectedMessage '*takes no objects*'
    }

    It 'are sent from the node that was named, whatever is in them' {
        # What Invoke-R2Command puts out has a Node; so have messages.
        $null = [pscustomobject] @{ A = 1; Node = 'bob' }, [pscustomobject] @{ A = 2; Node = $null }, [pscustomobject] @{ A = 3; Node = $bob } | Send-R2Message bob/carol -SocketPath "$TestDrive/alice.sock"
        $got = Receive-R2Message -Node carol
        $got.Value.A | Should -Be 1, 2, 3
        $got.From | Should -Be (@($alice.Id) * 3)
    }

    It 'are advised what to do where a node takes no objects' {
        $failure = try { Send-R2Message bob 1 -Node alice -ErrorAction Stop } catch { $_ }
        $failure.ErrorDetails.RecommendedAction | Should -BeLike 'Send text or bytes, or have that node started with -AcceptObject*'
    }

    It 'are shown as what no terminal obeys, in a table and in a list beside others' {
        $null = Send-R2Message bob/carol "x`e[2J`u{202e}y`nsecond $('z' * 1000)" -Node alice
        $null = Send-R2Message bob/carol (Get-Item $TestDrive) -Node alice
        $got = Receive-R2Message -Node carol
        $rendering = $PSStyle.OutputRendering
        $PSStyle.OutputRendering = 'Ansi'
        try {
            foreach ($shown in ($got | Out-String -Width 100), ($alice, $got[0] | Out-String -Width 100), ($alice, $got[1] | Out-String -Width 100)) {
                $shown | Should -Not -Match "`e\[2J|`u{202e}"
                $shown | Should -Not -Match '<Objs'
                $shown -split "`n" | ForEach-Object { ($_ -replace "`e\[[\d;]*m").TrimEnd().Length } | Should -Not -BeGreaterThan 100
            }
        }
        finally {
            $PSStyle.OutputRendering = $rendering
        }
        $got[0].Preview | Should -MatchExactly '^x\\u001b\[2J\\u202ey second z+…$'
        $got[0].Preview.Length | Should -BeLessOrEqual 61
        $got[0].Value | Should -BeLike "x`e*"
    }

    It 'waits for messages that have not come yet' {
        $waiting = Start-Shell "Receive-R2Message -SocketPath '$TestDrive/carol.sock' -Wait -Count 2"
        $null = Send-R2Message bob/carol 'one' -Node alice
        Wait-Condition { $waiting.Output.Count -eq 1 } 'the first message'
        $null = Send-R2Message bob/carol 'two' -Node alice
        Wait-Condition { $waiting.Running.IsCompleted } 'the end'
        $waiting.Output.Value | Should -Be 'one', 'two'
        $waiting.Shell.Runspace.Dispose()
        $waiting.Shell.Dispose()
        Receive-R2Message -Node carol | Should -BeNullOrEmpty
    }

    It 'stops waiting with Ctrl+C, and at the time that was given' {
        $waiting = Start-Shell "Receive-R2Message -SocketPath '$TestDrive/carol.sock' -Wait"
        $null = Send-R2Message bob/carol 'one' -Node alice
        Wait-Condition { $waiting.Output.Count -eq 1 } 'the first message'
        Stop-Shell $waiting
        $null = Send-R2Message bob/carol 'two' -Node alice
        (Receive-R2Message -Node carol -Timeout 60s -Count 1).Value | Should -Be 'two'
        Receive-R2Message -Node carol -Timeout 50ms | Should -BeNullOrEmpty
        { Receive-R2Message -Node carol -Timeout 50ms -Count 1 -ErrorAction Stop } | Should -Throw -ErrorId 'TimedOut,PnetPS.Commands.ReceiveR2MessageCommand'
    }

    It 'takes no more from the inbox than the pipeline does' {
        $null = 1..10 | ForEach-Object { "$_" } | Send-R2Message bob/carol -Node alice
        (Receive-R2Message -Node carol | Select-Object -First 3).Value | Should -Be '1', '2', '3'
        Wait-Condition { (Get-R2Metric 'messages.waiting' -Node carol).Value -eq 7 } 'the others to be back'
        (Receive-R2Message -Node carol).Value | Should -Be '4', '5', '6', '7', '8', '9', '10'
    }

    It 'raises an event for each message' {
        $id = (Register-ObjectEvent $carol MessageReceived -SourceIdentifier 'message').Name
        try {
            $null = 'a', 'b' | Send-R2Message bob/carol -Node alice
            Wait-Condition { @(Get-Event -SourceIdentifier message -ErrorAction Ignore).Count -eq 2 } 'two events'
            # PowerShell puts events into its queue on threads of the pool: their numbers keep the order.
            $events = Get-Event -SourceIdentifier message | Sort-Object EventIdentifier
            $events.SourceEventArgs.Message.Value | Should -Be 'a', 'b'
        }
        finally {
            Unregister-Event message
            Remove-Event message -ErrorAction Ignore
        }

        $null = Send-R2Message bob/carol 'c' -Node alice
        (Receive-R2Message -Node carol -Timeout 60s -Count 1).Value | Should -Be 'c'
    }

    It 'raises an event for each message of a node that is asked through its manager socket' {
        $far = Get-R2Node -SocketPath "$TestDrive/carol.sock"
        $far.InProcess | Should -BeFalse
        $null = Register-ObjectEvent $far MessageReceived -SourceIdentifier far
        try {
            $null = [pscustomobject] @{ A = 5 } | Send-R2Message bob/carol -Node alice
            Wait-Condition { Get-Event -SourceIdentifier far -ErrorAction Ignore } 'the event'
            (Get-Event -SourceIdentifier far).SourceEventArgs.Message.Value.A | Should -Be 5
            (Get-Event -SourceIdentifier far).SourceEventArgs.Message.FromName | Should -Be 'alice'
        }
        finally {
            Unregister-Event far
            Remove-Event far -ErrorAction Ignore
        }
    }

    It 'sends nothing that is larger than 16 MiB' {
        { Send-R2Message bob ([byte[]]::new(16MB + 1)) -Node alice -ErrorAction Stop } |
            Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.SendR2MessageCommand' -ExpectedMessage '*16 MiB*'
        (Send-R2Message bob ([byte[]]::new(16MB)) -Node alice).Bytes | Should -Be 16MB
        (Receive-R2Message -Node bob).Size | Should -Be 16MB
    }

    It 'says which messages a full inbox did not take' {
        $sent = 1..6 | ForEach-Object { , [byte[]]::new(12MB) } | Send-R2Message bob -Node alice -ErrorVariable failed -ErrorAction SilentlyContinue
        $sent.Delivered | Should -Be 5
        $sent.Bytes | Should -Be (5 * 12MB)
        $failed | Should -HaveCount 1
        "$($failed[0])" | Should -Be 'bob: message 6: the inbox is full'
        $failed[0].CategoryInfo.Category | Should -Be 'LimitsExceeded'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike 'Send again when*have been read.'
    }

    It 'is refused where the sender is not known' {
        $failure = try { Send-R2Message "bob/$($alice.Id)" 'hi' -Node carol -ErrorAction Stop } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -BeLike 'PeerRefused,*'
        $failure.ErrorDetails.RecommendedAction | Should -Be 'Ask its owner for access: Grant-R2Access ID there, or -Allow.'
        { Send-R2Message bob/service:x 'hi' -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,*'
        { Send-R2Message nobody 'hi' -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
    }

    It 'sends nothing with -WhatIf' {
        Send-R2Message bob 'hi' -Node alice -WhatIf | Should -BeNullOrEmpty
        Receive-R2Message -Node bob | Should -BeNullOrEmpty
    }
}
