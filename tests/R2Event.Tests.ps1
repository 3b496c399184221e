#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $null = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
    $null = Start-R2Node bob

    # A watch begins some time after it is asked for: makes things happen until it has seen enough.
    function Wait-Output([scriptblock] $Enough) {
        Wait-Condition -What 'the events' {
            Get-R2Node | ForEach-Object { New-R2Listener tcp://127.0.0.1:0 -Node $_ } | Remove-R2Listener
            & $Enough
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
        Wait-Output { $shell.Running.IsCompleted }
        $shell.Output | Should -HaveCount 2
        $shell.Output | ForEach-Object {
            $_.Kind | Should -Be 'listener.open'
            $_.Message | Should -BeLike '*tcp://127.0.0.1:*'
            $_.Time | Should -BeOfType datetime
            $_.Warning | Should -BeFalse
            "$($_.Node)" | Should -Be 'alice'
        }
        Stop-Shell $shell
    }

    It 'follows several nodes at once' {
        $shell = Start-Shell 'Get-R2Node | Watch-R2Event listener.* | ForEach-Object { "$($_.Node)" }'
        $seen = [System.Collections.Generic.SortedSet[string]]::new()
        # The watch of one may begin long after that of the other.
        Wait-Output { $seen.UnionWith([string[]] $shell.Output.ReadAll()); $seen.Count -ge 2 }
        Stop-Shell $shell
        $seen | Should -Be 'alice', 'bob'
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
        Stop-Shell $shell
    }

    It 'ends with Ctrl+C' {
        $shell = Start-Shell "'watching'; Watch-R2Event -Node alice"
        Wait-Condition -What 'the start' { $shell.Output.Count -gt 0 }
        Stop-Shell $shell
    }
}

Describe 'Get-R2Event' {
    It 'gets what was kept, <case>' -ForEach @(
        @{ Case = 'of a node of this process'; Where = @{ Node = 'alice' } }
        @{ Case = 'of a daemon'; Where = @{ SocketPath = '{0}/alice.sock' } }
    ) {
        if ($Where.SocketPath) { $Where.SocketPath = $Where.SocketPath -f $TestDrive }
        $before = Get-Date
        1..3 | ForEach-Object { New-R2Listener tcp://127.0.0.1:0 -Node alice } | Remove-R2Listener

        $since = Get-R2Event -After $before @Where
        $since.Kind | Should -Be (@('listener.open', 'listener.closed') * 3)
        "$($since[0].Node)" | Should -Be 'alice'
        (Get-R2Event listener.open -Newest 2 @Where).Time | Should -Be $since[2, 4].Time
        (Get-R2Event *.CLOSED, listener.ope? -After $since[3].Time @Where).Time | Should -Be $since[4, 5].Time
        Get-R2Event -After $since[-1].Time @Where | Should -BeNullOrEmpty
        Get-R2Event -Warning -After $before @Where | Should -BeNullOrEmpty
    }

    It 'gets warnings alone' {
        { Connect-R2Node "unix://$TestDrive/nobody" -Node alice -ErrorAction Stop } | Should -Throw
        Get-R2Event -Node alice -Warning -Newest 1 | ForEach-Object Kind | Should -Be 'link.failed'
    }

    It 'asks the nodes that are piped to it' {
        Get-R2Node | ForEach-Object { New-R2Listener tcp://127.0.0.1:0 -Node $_ } | Remove-R2Listener
        Get-R2Node | Get-R2Event -Newest 1 | ForEach-Object { "$($_.Node)" } | Should -Be 'alice', 'bob'
    }

    It 'says that a node has stopped' {
        $carol = Start-R2Node carol
        $carol | Stop-R2Node
        { Get-R2Event -Node $carol -ErrorAction Stop } | Should -Throw -ErrorId 'NodeClosed,PnetPS.Commands.GetR2EventCommand'
    }
}

Describe 'Register-ObjectEvent' {
    BeforeEach {
        $carol = Start-R2Node carol -Listen "unix://$TestDrive/carol" -SocketPath "$TestDrive/carol.sock"
    }

    AfterEach {
        Get-EventSubscriber | Unregister-Event
        Get-Event | Remove-Event
        $carol | Stop-R2Node
        Remove-Item "$TestDrive/carol" -ErrorAction Ignore
    }

    It 'tells of peers that come and go, <case>' -ForEach @(
        @{ Case = 'in this process'; Get = { $carol } }
        @{ Case = 'at a daemon'; Get = { Get-R2Node -SocketPath "$TestDrive/carol.sock" } }
    ) {
        $node = & $Get
        Register-ObjectEvent $node PeerConnected -SourceIdentifier up
        Register-ObjectEvent $node PeerDisconnected -SourceIdentifier down
        Register-ObjectEvent $node EventOccurred -SourceIdentifier all
        $bob = Get-R2Node bob
        $null = Connect-R2Node "unix://$TestDrive/carol" -Node bob -NoReconnect
        $up = Wait-Event up -Timeout 60
        $up.SourceEventArgs.Peer | Should -Be $bob.Id
        $up.SourceEventArgs.Event.Kind | Should -Be 'link.up'
        $up.SourceEventArgs.Event | Should -BeOfType PnetPS.R2Event
        $up.Sender | Should -Be $node
        Disconnect-R2Node carol -Node bob
        (Wait-Event down -Timeout 60).SourceEventArgs.Peer | Should -Be $bob.Id
        Wait-Condition -What 'the general event' { (Get-Event all).Count -ge 2 }
        (Get-Event all | Sort-Object EventIdentifier).SourceEventArgs.Event.Kind | Select-Object -First 2 | Should -Be 'link.up', 'link.down'
        Get-Event up | Should -HaveCount 1
    }

    It 'watches from the first subscriber to the last, <case>' -ForEach @(
        @{ Case = 'in this process'; Get = { $carol } }
        @{ Case = 'at a daemon'; Get = { Get-R2Node -SocketPath "$TestDrive/carol.sock" } }
    ) {
        function Get-Watcher { (Get-R2Metric -Node carol -Name events.watchers).Value }
        $node = & $Get
        Get-Watcher | Should -Be 0
        Register-ObjectEvent $node PeerConnected -SourceIdentifier up
        Register-ObjectEvent $node EventOccurred -SourceIdentifier all
        Wait-Condition -What 'the watch' { (Get-Watcher) -eq 1 }
        Unregister-Event up
        $null = New-R2Listener tcp://127.0.0.1:0 -Node carol
        (Wait-Event all -Timeout 60).SourceEventArgs.Event.Kind | Should -Be 'listener.open'
        Get-Watcher | Should -Be 1
        Unregister-Event all
        Wait-Condition -What 'the end of the watch' { (Get-Watcher) -eq 0 }
        Register-ObjectEvent $node EventOccurred -SourceIdentifier again
        $null = New-R2Listener tcp://127.0.0.1:0 -Node carol
        Wait-Event again -Timeout 60 | Should -Not -BeNullOrEmpty
    }

    It 'runs an action, and keeps the error of a handler that throws' {
        $null = Register-ObjectEvent $carol PeerConnected -SourceIdentifier up -Action { $global:arrived = $EventArgs.Peer }
        $carol.add_PeerConnected({ throw 'no way' })
        $null = Connect-R2Node "unix://$TestDrive/carol" -Node bob -NoReconnect
        Wait-Condition -What 'the action' { $global:arrived }
        $global:arrived | Should -Be (Get-R2Node bob).Id
        Wait-Condition -What 'the error' { $carol.Errors }
        $carol.Errors.FullyQualifiedErrorId | Should -Be 'EventHandlerFailed'
    }

    It 'ends with its node' {
        Register-ObjectEvent $carol EventOccurred -SourceIdentifier all
        $carol | Stop-R2Node
        Wait-Condition -What 'the last event' { (Get-Event all).SourceEventArgs.Event.Kind -contains 'listener.closed' }
        $carol.Errors | Should -BeNullOrEmpty
        Unregister-Event all
    }
}
