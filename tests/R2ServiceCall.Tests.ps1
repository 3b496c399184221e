#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# Invoke-R2Service.
BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # alice - bob - carol: bob is in the middle, and all know each other.
    $alice = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
    $carol = Start-R2Node carol
    $bob = Start-R2Node bob -Listen "unix://$TestDrive/bob" -Allow $alice, $carol
    $null = $alice, $bob | Grant-R2Access -Node carol
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node alice -NodeId $bob.Id
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node carol -NodeId $bob.Id

    foreach ($node in 'bob', 'carol') {
        $null = Register-R2Service cat 'cat' -Node $node
        $null = Register-R2Service name "echo $node" -Node $node
    }

    $null = Register-R2Service up 'tr a-z A-Z' -Node bob
    $null = Register-R2Service sort 'sort' -Node bob
    $null = Register-R2Service sha256 'sha256sum' -Node bob
    $null = Register-R2Service head 'head -n 3' -Node bob
    $null = Register-R2Service yes 'yes 2>/dev/null' -Node bob
    $null = Register-R2Service fail 'cat; exit 3' -Node bob
    $null = Register-R2Service never 'sleep 1000' -Node bob
    $null = Register-R2Service block { process { "<$_>" } } -Node bob
    $null = Register-R2Service throws { 'before'; throw 'bad' } -Node bob

    function Get-Use([string] $Service) { (Get-R2Service $Service -Node bob).Active }
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Invoke-R2Service' {
    It 'sends the pipeline and hands on what comes back: <case>' -ForEach @(
        @{ Case = 'lines'; Service = 'up'; In = @('one', 'wörld'); Out = 'ONE', 'WöRLD' }
        @{ Case = 'numbers'; Service = 'cat'; In = @(1, 2.5); Out = '1', '2.5' }
        @{ Case = 'an empty line'; Service = 'cat'; In = @('a', '', 'b'); Out = 'a', '', 'b' }
        @{ Case = 'nothing'; Service = 'cat'; In = @(); Out = $null }
        @{ Case = 'null'; Service = 'cat'; In = @('a', $null, 'b'); Out = 'a', 'b' }
        @{ Case = 'what is needed to the end'; Service = 'sort'; In = @('b', 'c', 'a'); Out = 'a', 'b', 'c' }
        @{ Case = 'arrays'; Service = 'cat'; In = @(, @('a', 1, @('b'))); Out = 'a', '1', 'b' }
        @{ Case = 'bytes one by one'; Service = 'up'; In = @([byte[]] (104, 105, 10)); Out = 'HI' }
        @{ Case = 'a script block'; Service = 'block'; In = @('a', 'b'); Out = '<a>', '<b>' }
        @{ Case = 'other lines'' ends'; Service = 'cat'; In = @("one`r`ntwo`nthree", 'four'); Out = 'one', 'two', 'three', 'four' }
    ) {
        $In | Invoke-R2Service bob $Service -Node alice | Should -Be $Out
        $In | Invoke-R2Service bob $Service -SocketPath "$TestDrive/alice.sock" | Should -Be $Out
    }

    It 'needs no input' {
        Invoke-R2Service bob name -Node alice | Should -Be 'bob'
        Invoke-R2Service bob/service:name -Node alice | Should -Be 'bob'
        Invoke-R2Service bob sort -Node alice | Should -BeNullOrEmpty
    }

    It 'reaches a service through other nodes' {
        'far' | Invoke-R2Service bob/carol/service:cat -Node alice | Should -Be 'far'
        'far' | Invoke-R2Service bob/carol cat -SocketPath "$TestDrive/alice.sock" | Should -Be 'far'
    }

    It 'takes -InputObject' {
        Invoke-R2Service bob cat -InputObject 'one' -Node alice | Should -Be 'one'
        Invoke-R2Service bob cat -InputObject 1, 2 -Node alice | Should -Be '1', '2'
        Invoke-R2Service bob cat -InputObject ([byte[]] (65, 66)) -Node alice | Should -Be 'AB'
        Invoke-R2Service bob cat -InputObject $null -Node alice | Should -BeNullOrEmpty
    }

    It 'hands on one string with -Raw' {
        $text = 'one', 'two' | Invoke-R2Service bob cat -Raw -Node alice
        $text | Should -BeExactly "one`ntwo`n"
        Invoke-R2Service bob cat -Raw -Node alice | Should -BeNullOrEmpty
    }

    It 'carries bytes as they are with -AsByteStream' {
        $sent = [byte[]]::new(1MB)
        [System.Random]::new(2).NextBytes($sent)
        $whole = Invoke-R2Service bob cat -InputObject $sent -AsByteStream -Raw -Node alice
        $whole.GetType() | Should -Be ([byte[]])
        [System.Linq.Enumerable]::SequenceEqual($sent, $whole) | Should -BeTrue

        $pieces = Invoke-R2Service bob cat -InputObject $sent -AsByteStream -Node alice
        $pieces | ForEach-Object GetType | Select-Object -Unique | Should -Be ([byte[]])
        $joined = [System.IO.MemoryStream]::new()
        $pieces | ForEach-Object { $joined.Write($_) }
        [System.Linq.Enumerable]::SequenceEqual($sent, $joined.ToArray()) | Should -BeTrue

        [System.IO.File]::WriteAllBytes("$TestDrive/sent", $sent[0..9999])
        $hash = (Get-FileHash "$TestDrive/sent").Hash
        Get-Content "$TestDrive/sent" -AsByteStream | Invoke-R2Service bob sha256 -Node alice | Should -BeLike "$hash *"
        Get-Content "$TestDrive/sent" -AsByteStream -ReadCount 4096 | Invoke-R2Service bob sha256 -Node alice | Should -BeLike "$hash *"
        Get-Content "$TestDrive/sent" -AsByteStream -Raw | Invoke-R2Service bob cat -AsByteStream -Node alice |
            Set-Content "$TestDrive/back" -AsByteStream
        (Get-FileHash "$TestDrive/back").Hash | Should -Be $hash
    }

    It 'puts characters together that arrive in pieces' {
        $null = Register-R2Service pieces -Node bob -Transport {
            param($Stream)
            foreach ($byte in [System.Text.Encoding]::UTF8.GetBytes("€ wörld`r`nlast")) { $Stream.WriteByte($byte) }
        }
        Invoke-R2Service bob pieces -Node alice | Should -Be '€ wörld', 'last'
        Unregister-R2Service pieces -Node bob
    }

    It 'hands on each line as it comes' {
        # The input goes on until something has come back: it would never end otherwise.
        $seen = [System.Collections.Generic.List[string]]::new()
        & { while ($seen.Count -eq 0) { 'tick' } } | Invoke-R2Service bob cat -Node alice | ForEach-Object { $seen.Add($_) }
        $seen | Select-Object -First 1 | Should -Be 'tick'
    }

    It 'writes and reads much at the same time' {
        $count = 0
        1..50000 | ForEach-Object { "$_ " + 'x' * 200 } | Invoke-R2Service bob cat -Node alice | ForEach-Object { $count++ }
        $count | Should -Be 50000
    }

    It 'waits for a service that does not read' {
        $gate = [System.Threading.ManualResetEventSlim]::new()
        $counter = [int[]]::new(1)
        $null = Register-R2Service later { ($using:gate).Wait(); $count = 0; foreach ($line in $input) { $count++ }; $count } -Node bob
        $shell = [powershell]::Create([System.Management.Automation.RunspaceMode]::NewRunspace)
        $null = $shell.AddScript({
            param($Module, $Counter)
            Import-Module $Module
            $line = 'x' * 10000
            1..10000 | ForEach-Object { $Counter[0]++; $line } | Invoke-R2Service bob later -Node alice
        }).AddArgument((Get-Module PnetPS).ModuleBase).AddArgument($counter)
        $running = $shell.BeginInvoke()
        try {
            # 100 MB want to go; what goes is what fits on the way.
            Wait-Condition -What 'the pipeline to be held back' {
                $before = $counter[0]
                $before -gt 0 -and -not $running.AsyncWaitHandle.WaitOne(500) -and $counter[0] -eq $before
            }
            $counter[0] | Should -BeLessThan 1000
            $gate.Set()
            $shell.EndInvoke($running) | Should -Be '10000'
        }
        finally {
            $gate.Set()
            $shell.Stop()
            $shell.Dispose()
            Unregister-R2Service later -Node bob
        }
    }

    It 'holds a service back whose output nobody takes, and cuts it when nobody wants more' {
        Invoke-R2Service bob yes -Node alice | Select-Object -First 3 | Should -Be 'y', 'y', 'y'
        Wait-Condition -What 'the service to end' { (Get-Use yes) -eq 0 }
    }

    It 'drops the input that a service does not want' {
        1..20000 | Invoke-R2Service bob head -Node alice -ErrorVariable failed | Should -Be 1, 2, 3
        $failed | Should -BeNullOrEmpty
    }

    It 'ends with Ctrl+C at once and cuts the service' -ForEach @(
        @{ Script = 'Invoke-R2Service bob never -Node alice' }
        @{ Script = "& { while (`$true) { 'x' } } | Invoke-R2Service bob never -Node alice" }
        @{ Script = 'Invoke-R2Service bob yes -Node alice | ForEach-Object { [System.Threading.Tasks.Task]::Delay(1).Wait() }' }
    ) {
        $shell = Start-Shell $Script
        Wait-Condition -What 'the service' { (Get-Use never) + (Get-Use yes) -gt 0 }
        Stop-Shell $shell
        Wait-Condition -What 'its end' { (Get-Use never) + (Get-Use yes) -eq 0 }
        Wait-Condition -What 'its program to end' { -not (Get-Child) }
    }
}

Describe 'Invoke-R2Service at several nodes' {
    It 'gives each all of the input, and tells where what comes from' {
        $answers = 'a', 'b' | Invoke-R2Service bob, bob/carol cat -Node alice
        $answers | Should -HaveCount 4
        $answers | Where-Object R2Address -EQ 'bob/service:cat' | Should -Be 'a', 'b'
        $answers | Where-Object R2Address -EQ 'bob/carol/service:cat' | Should -Be 'a', 'b'
    }

    It 'leaves the others alone when one fails' {
        $answers = 'a' | Invoke-R2Service nobody, bob, bob/service:none, bob/carol -Service cat -Node alice -ErrorVariable failed -ErrorAction SilentlyContinue
        $answers | Should -Be 'a', 'a', 'a'
        $failed | Should -HaveCount 1
        $failed.TargetObject | Should -Be 'nobody/service:cat'
        $failed.FullyQualifiedErrorId | Should -Be 'NotFound,PnetPS.Commands.InvokeR2ServiceCommand'
    }

    It 'gives one result for each node' {
        $sums = 'a', 'b' | Invoke-R2Service bob, bob/carol cat -Raw -Node alice
        $sums | Should -Be "a`nb`n", "a`nb`n"
        $sums.R2Address | Sort-Object | Should -Be 'bob/carol/service:cat', 'bob/service:cat'
    }

    It 'hands on what comes first first' {
        $gate = [System.Threading.ManualResetEventSlim]::new()
        $null = Register-R2Service order { ($using:gate).Wait(); 'late' } -Node bob
        $null = Register-R2Service order { 'early' } -Node carol
        try {
            Invoke-R2Service bob, bob/carol order -Node alice | ForEach-Object { $_; $gate.Set() } | Should -Be 'early', 'late'
        }
        finally {
            $gate.Set()
            'bob', 'carol' | ForEach-Object { Unregister-R2Service order -Node $_ }
        }
    }

    It 'means every known node with a link by a star' {
        $answers = 'a' | Invoke-R2Service * cat -Node bob -ErrorVariable failed -ErrorAction SilentlyContinue
        $answers | Should -Be 'a'
        $answers.R2Address | Should -Be "$($carol.Id)/service:cat"
        $failed.FullyQualifiedErrorId | Should -Be 'NotFound,PnetPS.Commands.InvokeR2ServiceCommand'
        $null = Start-R2Node alone
        { Invoke-R2Service * cat -Node alone -ErrorAction Stop } | Should -Throw '*nobody*'
        Stop-R2Node alone
    }

    It 'cuts one that takes nothing for too long, and gives the others everything' {
        $line = 'x' * 10000
        $count = 1..2000 | ForEach-Object { $line } | Invoke-R2Service bob/service:never, bob/carol/service:cat -StallTimeout 5s -Node alice -ErrorVariable failed -ErrorAction SilentlyContinue |
            Measure-Object | ForEach-Object Count
        $count | Should -Be 2000
        $failed.FullyQualifiedErrorId | Should -Be 'TimedOut,PnetPS.Commands.InvokeR2ServiceCommand'
        $failed.Exception.Message | Should -Be 'bob/service:never took no input for 5 s, and was cut'
        Wait-Condition -What 'the end of the service' { (Get-Use never) -eq 0 }
    }

    It 'takes peers and services from the pipeline' {
        Get-R2Peer -Node alice | Where-Object Name -EQ bob | Invoke-R2Service -Service name | Should -Be "bob"
        Get-R2Peer -Node bob | Where-Object Name -EQ carol | Invoke-R2Service -Service cat -InputObject 'x' | Should -Be 'x'
        Get-R2Peer -Node alice | Where-Object Name -EQ bob | ForEach-Object { "line" | Invoke-R2Service $_ up } | Should -Be "LINE"
        $answer = Get-R2Service name -Node alice -Target bob | Invoke-R2Service
        $answer | Should -Be 'bob'
        $answer.R2Address | Should -BeLike '*/service:name'
    }
}

Describe 'What goes wrong at Invoke-R2Service' {
    It 'is an error about the service: <case>' -ForEach @(
        @{ Case = 'an exit status'; Address = 'bob/service:fail'; Id = 'ServiceFailed'; Answer = 'in' }
        @{ Case = 'a block that throws'; Address = 'bob/service:throws'; Id = 'ServiceFailed'; Answer = 'before' }
        @{ Case = 'an unknown node'; Address = 'nobody/service:cat'; Id = 'NotFound'; Answer = $null }
        @{ Case = 'an unknown service'; Address = 'bob/service:none'; Id = 'NotFound'; Answer = $null }
        @{ Case = 'no address'; Address = 'bob//carol'; Id = 'InvalidInput'; Answer = $null }
        @{ Case = 'a refusal'; Address = 'bob/alice/service:cat'; Id = 'PeerRefused'; Answer = $null }
    ) {
        $where = $Id -eq 'PeerRefused' ? 'carol' : 'alice'
        'in' | Invoke-R2Service $Address -Node $where -ErrorVariable failed -ErrorAction SilentlyContinue | Should -Be $Answer
        $failed | Should -HaveCount 1
        $failed.FullyQualifiedErrorId | Should -Be "$Id,PnetPS.Commands.InvokeR2ServiceCommand"
        $failed.TargetObject | Should -Be $Address
        { 'in' | Invoke-R2Service $Address -Node $where -ErrorAction Stop } | Should -Throw
    }

    It 'has the exit status in its exception' {
        Invoke-R2Service bob fail -SocketPath "$TestDrive/alice.sock" -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.Exception | Should -BeOfType ([PnetPS.R2ExitException])
        $failed.Exception.ExitStatus | Should -Be 3
        $failed.Exception.Message | Should -Be 'bob/service:fail ended with exit status 3'
    }

    It 'is told when it takes too long, and the service is cut' {
        Invoke-R2Service bob never -Timeout 200ms -Node alice -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.FullyQualifiedErrorId | Should -Be 'TimedOut,PnetPS.Commands.InvokeR2ServiceCommand'
        $failed.Exception.Message | Should -Be 'bob/service:never did not end within 200ms'
        Wait-Condition -What 'the end of the service' { (Get-Use never) -eq 0 }
    }

    It 'is told when the link is cut meanwhile' {
        $null = Start-R2Node dave
        $null = Connect-R2Node "unix://$TestDrive/bob" -Node dave -NoReconnect
        $null = Register-R2Service open 'echo up; sleep 1000' -Allow * -Node bob
        $lines = Invoke-R2Service bob open -Node dave -ErrorVariable failed -ErrorAction SilentlyContinue | ForEach-Object {
            $_
            Disconnect-R2Node bob -Node dave
        }
        $lines | Should -Be 'up'
        $failed | Should -HaveCount 1
        $failed.TargetObject | Should -Be 'bob/service:open'
        Stop-R2Node dave
        Unregister-R2Service open -Node bob
    }

    It 'asks with -WhatIf and runs nothing' {
        $before = (Get-R2Service cat -Node bob).Total
        'a' | Invoke-R2Service bob cat -Node alice -WhatIf | Should -BeNullOrEmpty
        (Get-R2Service cat -Node bob).Total | Should -Be $before
    }

    It 'leaves no channel open' {
        Wait-Condition -What 'the channels to close' {
            -not ('bob', 'carol' | ForEach-Object { Get-R2Service -Node $_ } | Where-Object Active -GT 0)
        }
        Get-R2Tunnel -Node alice | Should -BeNullOrEmpty
    }

    It 'completes the names of services' {
        (TabExpansion2 'Invoke-R2Service -Node alice -Address bob -Service sh').CompletionMatches.CompletionText | Should -Be 'sha256'
    }
}

Describe 'The memory of Invoke-R2Service' {
    BeforeAll {
        # A process of its own, so that nothing else counts: alice gives bob, and carol through bob, a stream of some length, all of
        # them in that process, which tells its peak after each.
        Set-Content "$TestDrive/memory.ps1" @'
param($Module, $Folder, $Kind)
$ErrorActionPreference = 'Stop'
Import-Module $Module
Add-Type 'public static class Function
{
    public static void Run(System.IO.Stream stream)
    {
        var hash = System.Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(stream));
        stream.Write(System.Text.Encoding.ASCII.GetBytes(hash));
    }
}'
$service = $Kind -eq 'C#' ? { param($Stream) [Function]::Run($Stream) } : {
    param([Parameter(ValueFromPipeline)] [byte[]] $Bytes)
    begin { $hash = [System.Security.Cryptography.IncrementalHash]::CreateHash('SHA256') }
    process { $hash.AppendData($Bytes) }
    end { [System.Convert]::ToHexString($hash.GetHashAndReset()) }
}
$alice = Start-R2Node alice
$carol = Start-R2Node carol -Allow $alice
$bob = Start-R2Node bob -Listen "unix://$Folder/memory" -Allow $alice
$alice, $carol | ForEach-Object { $null = Connect-R2Node "unix://$Folder/memory" -Node $_ -NodeId $bob.Id }
$bob, $carol | ForEach-Object { $null = Register-R2Service sum $service -Node $_ }

[System.IO.File]::WriteAllBytes("$Folder/block", [byte[]]::new(65536))
$block = Get-Content "$Folder/block" -AsByteStream -ReadCount 65536
foreach ($length in 16MB, 256MB) {
    $sums = & { for ($sent = 0; $sent -lt $length; $sent += $block.Count) { , $block } } | Invoke-R2Service bob, bob/carol sum -Node alice
    $peak = (Get-Content /proc/$PID/status) -match '^VmHWM' -replace '\D'
    [pscustomobject] @{ Length = $length; Peak = [long] $peak[0] * 1KB; Sums = @($sums.ForEach([string])) } | ConvertTo-Json -Compress
}
Get-R2Node | Stop-R2Node
'@
        $sums = @{}
        foreach ($length in 16MB, 256MB) {
            $hash = [System.Security.Cryptography.IncrementalHash]::CreateHash('SHA256')
            $block = [byte[]]::new(65536)
            for ($sent = 0; $sent -lt $length; $sent += $block.Length) { $hash.AppendData($block) }
            $sums[$length] = [System.Convert]::ToHexString($hash.GetHashAndReset())
        }
    }

    It 'takes no more memory for more input: <case>' -Skip:(-not $IsLinux) -ForEach @(
        @{ Case = 'a script block'; Kind = 'block' }
        @{ Case = 'a function in C#'; Kind = 'C#' }
    ) {
        $told = pwsh -NoProfile -NonInteractive -File "$TestDrive/memory.ps1" "$PSScriptRoot/../output/PnetPS" $TestDrive $Kind
        $LASTEXITCODE | Should -Be 0 -Because ($told -join "`n")
        $small, $big = $told | ConvertFrom-Json
        $small.Sums | Should -Be ($sums[16MB], $sums[16MB])
        $big.Sums | Should -Be ($sums[256MB], $sums[256MB])
        # 240 MiB more for each of two, and no more memory than the collector's moods and windows of up to 16 MiB make.
        $big.Peak - $small.Peak | Should -BeLessThan 96MB
    }
}
