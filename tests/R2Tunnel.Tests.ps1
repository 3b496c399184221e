#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'New-R2Tunnel to a program' {
    BeforeAll {
        $pair = Start-Pair $TestDrive -TunnelProcess 'cat'
    }

    AfterAll {
        Get-R2Node | Stop-R2Node
    }

    It 'joins a program to the far one' {
        $tunnel = New-R2Tunnel alice "printf 'one\ntwo\n'; head -n 2 > '$TestDrive/program'" -Node bob -Wait
        $tunnel.State | Should -Be Ended
        $tunnel.BytesReceived | Should -Be 8
        Get-Content "$TestDrive/program" | Should -Be 'one', 'two'
    }

    It 'joins a script block to the far program' {
        $file = "$TestDrive/block"
        $tunnel = New-R2Tunnel alice { 'one', 'two'; $input | Select-Object -First 2 | Set-Content $using:file } -Node bob -Wait
        $tunnel.State | Should -Be Ended
        $tunnel.Transport | Should -BeLike "{ 'one', 'two'*"
        Get-Content $file | Should -Be 'one', 'two'
    }

    It 'gives the near end as a stream' {
        $stream = New-R2Tunnel alice -AsStream -Node bob
        $stream.Tunnel.Address | Should -BeLike 'alice*'
        Send-Line $stream 'hello', 'wörld' | Should -Be 'hello', 'wörld'
    }

    It 'carries bytes as they are' {
        $sent = [byte[]]::new(1MB)
        [System.Random]::new(1).NextBytes($sent)
        $stream = New-R2Tunnel alice -AsStream -Node bob
        $copy = [System.IO.MemoryStream]::new()
        $reading = $stream.CopyToAsync($copy)
        $stream.Write($sent, 0, $sent.Length)
        $stream.EndWrite()
        $reading.Wait(60000) | Should -BeTrue
        $stream.Dispose()
        [System.Linq.Enumerable]::SequenceEqual($sent, $copy.ToArray()) | Should -BeTrue
    }

    It 'takes a peer through the pipeline' {
        Get-R2Peer -Node bob | New-R2Tunnel -Service tunnel -AsStream | ForEach-Object { Send-Line $_ 'piped' } | Should -Be 'piped'
    }

    It 'joins a stream of the caller' {
        $far = New-R2Tunnel alice -AsStream -Node bob
        $tunnel = New-R2Tunnel alice $far -Node bob
        $tunnel.State | Should -Be Open
        $tunnel | Remove-R2Tunnel
    }

    It 'opens nothing with -WhatIf' {
        $before = @(Get-R2Tunnel -Node bob).Count
        New-R2Tunnel alice 'cat' -Node bob -WhatIf | Should -BeNullOrEmpty
        @(Get-R2Tunnel -Node bob).Count | Should -Be $before
    }

    It 'says what is wrong with <case>' -ForEach @(
        @{ Case = 'an unknown node'; Address = 'nobody'; Id = 'NotFound' }
        @{ Case = 'an unknown service'; Address = 'alice/service:none'; Id = 'NotFound' }
        @{ Case = 'an address'; Address = 'alice//bob'; Id = 'InvalidInput' }
    ) {
        { New-R2Tunnel $Address 'cat' -Node bob -ErrorAction Stop } | Should -Throw -ErrorId "$Id,PnetPS.Commands.NewR2TunnelCommand"
    }

    It 'tells the exit status of the far program' {
        $null = Start-R2Node carol -Listen "unix://$TestDrive/carol" -Allow * -TunnelProcess 'exit 7'
        $null = Connect-R2Node "unix://$TestDrive/carol" -Node bob
        (New-R2Tunnel carol 'cat' -Node bob -Wait).ExitStatus | Should -Be 7
    }

    It 'ends a tunnel that is waited for with Ctrl+C' {
        $shell = Start-Shell "'waiting'; New-R2Tunnel alice 'sleep 1000' -Node bob -Wait"
        Wait-Condition -What 'the tunnel' { Get-R2Tunnel -Node bob | Where-Object { $_.Transport -eq 'sleep 1000' -and $_.State -eq 'Open' } }
        Stop-Shell $shell
        Wait-Condition -What 'its end' { -not (Get-R2Tunnel -Node bob | Where-Object { $_.Transport -eq 'sleep 1000' -and $_.State -eq 'Open' }) }
    }
}

Describe 'New-R2Tunnel to a script block' {
    AfterEach {
        Get-R2Node | Stop-R2Node
        Wait-Condition -What 'the runspaces to close' { -not (Get-Runspace | Where-Object Name -Like 'PnetPS*') }
    }

    It 'runs a block that <case>' -ForEach @(
        @{ Case = 'has a process block'; Block = { process { "<$_>" } }; Expected = '<a>', '<b>' }
        @{ Case = 'reads $input'; Block = { foreach ($line in $input) { "<$line>" } }; Expected = '<a>', '<b>' }
        @{ Case = 'pipes $input'; Block = { $input | ForEach-Object { "<$_>" } }; Expected = '<a>', '<b>' }
        @{ Case = 'has begin and end'; Block = { begin { 'first' } process { } end { 'last' } }; Expected = 'first', 'last' }
        @{ Case = 'puts out objects'; Block = { 1..3 }; Expected = '1', '2', '3' }
        @{ Case = 'puts out bytes'; Block = { , [byte[]] (72, 105, 10) }; Expected = 'Hi' }
        @{ Case = 'takes bytes'; Block = { param([Parameter(ValueFromPipeline)] [byte[]] $Chunk) process { , $Chunk } }; Expected = 'a', 'b' }
        @{
            Case = 'takes the stream'; Expected = 'A', 'B'
            Block = {
                param($Stream)
                $reader = [System.IO.StreamReader]::new($Stream)
                $writer = [System.IO.StreamWriter]::new($Stream)
                while ($null -ne ($line = $reader.ReadLine())) { $writer.WriteLine($line.ToUpperInvariant()) }
                $writer.Flush()
            }
        }
    ) {
        $null = Start-Pair $TestDrive -TunnelProcess $Block
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) 'a', 'b' | Should -Be $Expected
    }

    It 'answers each line as it comes' {
        $null = Start-Pair $TestDrive -TunnelProcess { $input | ForEach-Object { "<$_>" } }
        $stream = New-R2Tunnel alice -AsStream -Node bob
        $reader = [System.IO.StreamReader]::new($stream)
        foreach ($line in 'one', 'two') {
            $bytes = [System.Text.Encoding]::UTF8.GetBytes("$line`n")
            $stream.Write($bytes, 0, $bytes.Length)
            $reader.ReadLine() | Should -Be "<$line>"
        }

        $stream.Dispose()
    }

    It 'hands the values of $using: over, expressions included' {
        $plain = 'plain'
        $table = @{ Key = 'of a table' }
        $null = Start-Pair $TestDrive -TunnelProcess { "$using:plain $($using:table.Key) $(& { $using:plain })" }
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() | Should -Be 'plain of a table plain'
    }

    It 'runs each tunnel as in a new runspace, and those at once in one of their own each' {
        $null = Start-Pair $TestDrive -TunnelProcess { process { $global:count++; "$global:count $([runspace]::DefaultRunspace.InstanceId)" } }
        1..3 | ForEach-Object { (Send-Line (New-R2Tunnel alice -AsStream -Node bob) 'go').Split(' ')[0] } | Should -Be '1', '1', '1'

        $streams = 1..3 | ForEach-Object { New-R2Tunnel alice -AsStream -Node bob }
        $answers = foreach ($stream in $streams) {
            $stream.Write([byte[]] @(10), 0, 1)
            [System.IO.StreamReader]::new($stream).ReadLine()
        }
        $streams | ForEach-Object Dispose
        $answers | ForEach-Object { $_.Split(' ')[0] } | Should -Be '1', '1', '1'
        $answers | Sort-Object -Unique | Should -HaveCount 3
        [runspace]::DefaultRunspace.InstanceId | Should -Not -BeIn ($answers | ForEach-Object { $_.Split(' ')[1] })
    }

    It 'reports the errors of a block' {
        $pair = Start-Pair $TestDrive -TunnelProcess { Write-Error 'not so bad'; throw 'bad' }
        $stream = New-R2Tunnel alice -AsStream -Node bob
        Send-Line $stream @() | Should -BeNullOrEmpty
        Wait-Condition -What 'the errors' { $pair.Alice.Errors.Count -ge 2 }
        $pair.Alice.Errors.Exception.Message | Should -Be 'not so bad', 'bad'
        Wait-Condition -What 'the end' { (Get-R2Tunnel $stream.Tunnel.Id -Node bob).State -ne 'Open' }
        (Get-R2Tunnel $stream.Tunnel.Id -Node bob).ExitStatus | Should -Be 1
    }

    It 'stops a block that never ends with its tunnel' {
        $null = Start-Pair $TestDrive -TunnelProcess { 'up'; while ($true) { Start-Sleep 1000 } }
        $stream = New-R2Tunnel alice -AsStream -Node bob
        [System.IO.StreamReader]::new($stream).ReadLine() | Should -Be 'up'
        Get-Runspace | Where-Object Name -Like 'PnetPS*' | Should -HaveCount 1
        $stream.Tunnel | Remove-R2Tunnel
        Wait-Condition -What 'the block to stop' { -not (Get-Runspace | Where-Object Name -Like 'PnetPS*') }
    }

    It 'holds a block back that puts out more than is read' {
        $null = Start-Pair $TestDrive -TunnelProcess { while ($true) { 'x' * 1000; $global:lines++ } }
        $stream = New-R2Tunnel alice -AsStream -Node bob
        [System.IO.StreamReader]::new($stream).ReadLine() | Should -Be ('x' * 1000)
        $stream.Dispose()
        Wait-Condition -What 'the block to stop' { -not (Get-Runspace | Where-Object Name -Like 'PnetPS*') }
    }

    It 'runs 50 at once' {
        $null = Start-Pair $TestDrive -TunnelProcess { process { "<$_>" } }
        $streams = 1..50 | ForEach-Object { New-R2Tunnel alice -AsStream -Node bob }
        $number = 0
        $answers = foreach ($stream in $streams) { Send-Line $stream "$((++$number))" }
        $answers | Should -Be (1..50 | ForEach-Object { "<$_>" })
    }

    It 'joins a script block to a daemon''s tunnel' {
        $null = Start-Pair $TestDrive -TunnelProcess 'cat' -Allow *
        $null = Start-R2Node carol -SocketPath "$TestDrive/carol.sock"
        $null = Connect-R2Node "unix://$TestDrive/alice" -SocketPath "$TestDrive/carol.sock"
        $file = "$TestDrive/daemon"
        $tunnel = New-R2Tunnel alice { 'one'; $input | Select-Object -First 1 | Set-Content $using:file } -SocketPath "$TestDrive/carol.sock" -Wait
        $tunnel.State | Should -Be Ended
        Get-Content $file | Should -Be 'one'
    }
}

Describe 'Get-R2Tunnel and Remove-R2Tunnel' {
    BeforeAll {
        $pair = Start-Pair $TestDrive -TunnelProcess 'cat'
    }

    AfterAll {
        Get-R2Node | Stop-R2Node
    }

    It 'lists, finds and ends tunnels' {
        $first = New-R2Tunnel alice 'sleep 1001' -Node bob
        $second = New-R2Tunnel alice 'sleep 1002' -Node bob
        (Get-R2Tunnel -Node bob).Id | Should -Be $first.Id, $second.Id
        (Get-R2Node bob | Get-R2Tunnel -Id $second.Id).Transport | Should -Be 'sleep 1002'
        "$second" | Should -BeLike "$($second.Id) alice*"

        Get-R2Tunnel -Node bob | Remove-R2Tunnel -WhatIf
        (Get-R2Tunnel -Node bob).State | Should -Be Open, Open
        $first | Remove-R2Tunnel
        Remove-R2Tunnel $second.Id -Node bob
        Wait-Condition -What 'the end of both' { -not (Get-R2Tunnel -Node bob | Where-Object State -EQ Open) }
        Wait-Condition -What 'their programs to end' { -not (Get-Child) }
    }

    It 'says so when there is no such tunnel, and goes on' {
        $tunnel = New-R2Tunnel alice 'sleep 1003' -Node bob
        Remove-R2Tunnel 999, $tunnel.Id -Node bob -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed[0].FullyQualifiedErrorId | Should -Be 'NotFound,PnetPS.Commands.RemoveR2TunnelCommand'
        $failed[0].TargetObject | Should -Be 999
        Wait-Condition -What 'the end of the other' { -not (Get-R2Tunnel -Node bob | Where-Object State -EQ Open) }
        { Get-R2Tunnel 999 -Node bob -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.GetR2TunnelCommand'
    }
}

Describe 'New-R2Tunnel -Listen' {
    BeforeAll {
        $pair = Start-Pair $TestDrive -TunnelProcess { process { "<$_>" } }
        $null = Register-R2Service shout 'tr a-z A-Z' -Node alice
    }

    AfterAll {
        Get-R2Node | Stop-R2Node
    }

    It 'opens a channel for each connection' {
        $tunnel = New-R2Tunnel alice -Service shout -Listen tcp://127.0.0.1:0 -Node bob
        $tunnel.State | Should -Be Listening
        $tunnel.Kind | Should -Be Listening
        $tunnel.Listen | Should -Match '^tcp://127\.0\.0\.1:[1-9][0-9]*$'
        Send-Endpoint $tunnel.Listen 'one' | Should -Be 'ONE'
        Send-Endpoint $tunnel.Listen 'two' | Should -Be 'TWO'
        (Get-R2Tunnel $tunnel.Id -Node bob).Connections | Should -Be 2
        Wait-Condition -What 'their ends' { (Get-R2Tunnel $tunnel.Id -Node bob).Active -eq 0 }
        (Get-R2Tunnel $tunnel.Id -Node bob).BytesSent | Should -Be 8
        $tunnel | Remove-R2Tunnel
        (Get-R2Tunnel $tunnel.Id -Node bob).State | Should -Be Ended
        { Send-Endpoint $tunnel.Listen 'gone' } | Should -Throw
    }

    It 'leads to script blocks as well, each in a runspace of its own' {
        $tunnel = New-R2Tunnel alice -Listen tcp://127.0.0.1:0 -Node bob
        Send-Endpoint $tunnel.Listen 'hello' | Should -Be '<hello>'
        $tunnel | Remove-R2Tunnel
    }

    It 'is had of a daemon too' {
        $carol = Start-R2Node carol -SocketPath "$TestDrive/carol.sock"
        $null = Grant-R2Access $carol.Id -Node alice
        $null = Connect-R2Node "unix://$TestDrive/alice" -SocketPath "$TestDrive/carol.sock"
        $tunnel = New-R2Tunnel alice -Service shout -Listen tcp://127.0.0.1:0 -SocketPath "$TestDrive/carol.sock"
        Send-Endpoint $tunnel.Listen 'far' | Should -Be 'FAR'
        $tunnel | Remove-R2Tunnel
        (Get-R2Tunnel -SocketPath "$TestDrive/carol.sock").State | Should -Be Ended
        $carol | Stop-R2Node
    }

    It 'shows itself in less than 100 columns' {
        $tunnel = New-R2Tunnel alice -Listen tcp://127.0.0.1:0 -Node bob
        $lines = Get-R2Tunnel $tunnel.Id -Node bob | Out-String -Width 100 -Stream | Where-Object { $_ }
        $lines[0] | Should -Match 'Id +State +Open +Exit +Sent +Received +Address +Transport'
        $lines[-1] | Should -BeLike "* Listening*$($tunnel.Listen)*"
        $tunnel | Remove-R2Tunnel
    }

    It 'says what is wrong with <case>' -ForEach @(
        @{ Case = 'an unknown node'; Address = 'nobody'; Endpoint = 'tcp://127.0.0.1:0'; Id = 'NotFound' }
        @{ Case = 'a command line'; Address = 'alice'; Endpoint = 'cat'; Id = 'InvalidInput' }
        @{ Case = 'a scheme'; Address = 'alice'; Endpoint = 'nonsense://x'; Id = 'InvalidInput' }
        @{ Case = 'a folder that is not there'; Address = 'alice'; Endpoint = 'unix:///nonexistent/x'; Id = 'NotFound' }
    ) {
        $before = @(Get-R2Tunnel -Node bob).Count
        { New-R2Tunnel $Address -Listen $Endpoint -Node bob -ErrorAction Stop } | Should -Throw -ErrorId "$Id,PnetPS.Commands.NewR2TunnelCommand"
        @(Get-R2Tunnel -Node bob).Count | Should -Be $before
    }

    It 'listens nowhere with -WhatIf' {
        $before = @(Get-R2Tunnel -Node bob).Count
        New-R2Tunnel alice -Listen tcp://127.0.0.1:0 -Node bob -WhatIf | Should -BeNullOrEmpty
        @(Get-R2Tunnel -Node bob).Count | Should -Be $before
    }
}

Describe 'New-R2Tunnel -Reverse' {
    BeforeAll {
        $pair = Start-Pair $TestDrive
        $carol = Start-R2Node carol -SocketPath "$TestDrive/carol.sock"
        $null = Grant-R2Access $carol.Id -Node alice
        $null = Connect-R2Node "unix://$TestDrive/alice" -SocketPath "$TestDrive/carol.sock"
    }

    BeforeEach {
        $web = Register-R2Service web -Listen tcp://127.0.0.1:0 -Node alice
    }

    AfterEach {
        Get-R2Tunnel -Node bob | Where-Object State -In 'Waiting', 'Retrying' | Remove-R2Tunnel
        Get-R2Service -Name web -Node alice | Unregister-R2Service
    }

    AfterAll {
        Get-R2Node | Stop-R2Node
    }

    It 'opens its near end for each connection at the far listener: <case>' -ForEach @(
        @{ Case = 'a program'; Near = 'tr a-z A-Z'; Expected = 'ONE', 'TWO'; Name = 'tr a-z A-Z' }
        @{ Case = 'a script block'; Near = { process { "<$_>" } }; Expected = '<one>', '<two>'; Name = '{ process*' }
    ) {
        $tunnel = New-R2Tunnel alice -Service web $Near -Reverse -Node bob
        $tunnel.State | Should -Be Waiting
        $tunnel.Kind | Should -Be Reverse
        $tunnel.Transport | Should -BeLike $Name
        'one', 'two' | ForEach-Object { Send-Endpoint $web.Listen $_ } | Should -Be $Expected
        (Get-R2Tunnel $tunnel.Id -Node bob).Connections | Should -Be 2
        $tunnel | Remove-R2Tunnel
        (Get-R2Tunnel $tunnel.Id -Node bob).State | Should -Be Ended
        Wait-Condition -What 'its place to be free' { (Get-R2Service web -Node alice).Active -eq 0 }
    }

    It 'runs a script block of this process for a daemon' {
        $tunnel = New-R2Tunnel alice -Service web { process { "here: $_" } } -Reverse -SocketPath "$TestDrive/carol.sock"
        Send-Endpoint $web.Listen 'one' | Should -Be 'here: one'
        Send-Endpoint $web.Listen 'two' | Should -Be 'here: two'
        Remove-R2Tunnel $tunnel.Id -SocketPath "$TestDrive/carol.sock"
        Wait-Condition -What 'the blocks to end' { -not (Get-Runspace | Where-Object Name -Like 'PnetPS*') }
        Wait-Condition -What 'its place to be free' { (Get-R2Service web -Node alice).Active -eq 0 }
    }

    It 'stops the blocks of connections that are open when it is removed' {
        $tunnel = New-R2Tunnel alice -Service web { 'up'; while ($true) { Start-Sleep 1000 } } -Reverse -Node bob
        $client = [System.Net.Sockets.TcpClient]::new('127.0.0.1', ([uri] $web.Listen).Port)
        [System.IO.StreamReader]::new($client.GetStream()).ReadLine() | Should -Be 'up'
        $tunnel | Remove-R2Tunnel
        Wait-Condition -What 'the block to stop' { -not (Get-Runspace | Where-Object Name -Like 'PnetPS*') }
        $client.Dispose()
    }

    It 'tries again when the far service is gone, and says so' {
        $tunnel = New-R2Tunnel alice -Service web 'cat' -Reverse -Node bob
        Unregister-R2Service web -Node alice
        Wait-Condition -What 'the loss' { (Get-R2Tunnel $tunnel.Id -Node bob).State -eq 'Retrying' }
        (Get-R2Tunnel $tunnel.Id -Node bob).Error | Should -BeLike '*offered*'
        $again = Register-R2Service web -Listen tcp://127.0.0.1:0 -Node alice
        Wait-Condition -What 'its return' { (Get-R2Tunnel $tunnel.Id -Node bob).State -eq 'Waiting' }
        Send-Endpoint $again.Listen 'back' | Should -Be 'back'
        (Get-R2Event -Node bob).Kind | Where-Object { $_ -like 'tunnel.*' } | Select-Object -Last 2 | Should -Be 'tunnel.lost', 'tunnel.back'
    }

    It 'says what is wrong with <case>' -ForEach @(
        @{ Case = 'an unknown node'; Address = 'nobody/service:web'; Near = 'cat'; Id = 'NotFound' }
        @{ Case = 'an unknown service'; Address = 'alice/service:none'; Near = 'cat'; Id = 'NotFound' }
        @{ Case = 'a service that does not listen'; Address = 'alice'; Near = 'cat'; Id = 'InvalidInput' }
        @{ Case = 'a stream'; Address = 'alice/service:web'; Near = [System.IO.MemoryStream]::new(); Id = 'InvalidInput' }
    ) {
        { New-R2Tunnel $Address $Near -Reverse -Node bob -ErrorAction Stop } | Should -Throw -ErrorId "$Id,PnetPS.Commands.NewR2TunnelCommand"
    }
}
