#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    # PowerShell with the module, the inbox, windows of up to 16 MiB, and what the collector has yet to collect.
    $mostResident = 512MB

    $alice = Start-R2Node alice
    $bob = Start-R2Node bob -Listen "unix://$TestDrive/bob"
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node alice -NodeId $bob.Id

    # carol is another PowerShell, so that what it has in memory is its own.
    $script = @"
        Import-Module '$repository/output/PnetPS'
        `$carol = Start-R2Node carol -Allow $($alice.Id) -AcceptObject
        `$null = Connect-R2Node 'unix://$TestDrive/bob' -Node carol
        `$null = Register-R2Command flood { while (`$true) { 'x' * 10kb } } -Node carol
        `$null = Register-R2Command errors { while (`$true) { Write-Error ('x' * 1kb) } } -Node carol
        `$null = Register-R2Command slow { Start-Sleep 1000 } -Node carol
        [Console]::Out.WriteLine(`$carol.Id)
        `$null = [Console]::In.ReadLine()
"@
    $other = Start-Program pwsh '-NoProfile', '-NonInteractive', '-Command', $script
    $carol = "bob/$($other.StandardOutput.ReadLine())"

    function Get-Resident {
        [long] ((Get-Content "/proc/$($other.Id)/status" | Where-Object { $_ -like 'VmRSS:*' }) -replace '\D') * 1kb
    }

    # Looks until a number has not changed for a while; gives the most that carol had in memory.
    function Wait-Standstill([scriptblock] $Number, [string] $What) {
        $state = @{ Last = -1; Same = 0; Most = 0 }
        Wait-Condition {
            $state.Most = [math]::Max($state.Most, (Get-Resident))
            $now = & $Number
            $state.Same = $now -eq $state.Last ? $state.Same + 1 : 0
            $state.Last = $now
            $state.Same -ge 300
        } $What 120
        $state.Most
    }

    # What carol has written to its link.
    function Get-Written {
        [long] ((Get-Content "/proc/$($other.Id)/io" | Where-Object { $_ -like 'wchar:*' }) -replace '\D') -shr 16
    }
}

AfterAll {
    Get-R2Node | Stop-R2Node
    Stop-Program
}

Describe 'A PowerShell with a node' {
    It 'keeps its memory bounded when its command floods a caller who does not read: <_>' -ForEach 'flood', 'errors' {
        $command = $_
        $stream = (New-R2Tunnel "$carol/service:cmd.$command" -Node alice -AsStream)
        try {
            $call = [System.Text.Encoding]::UTF8.GetBytes("{}`n")
            $stream.Write($call, 0, $call.Length)
            $null = $stream.ReadByte()
            Wait-Standstill { Get-Written } 'the flood to stand still' | Should -BeLessThan $mostResident
        }
        finally {
            $stream.Dispose()
        }
    }

    It 'keeps its memory bounded when messages of objects fill an inbox that nobody reads' {
        $object = [pscustomobject] @{ Text = 'x' * 1mb }
        $sent = 1..200 | ForEach-Object { $object } | Send-R2Message $carol -Node alice -ErrorVariable refused -ErrorAction SilentlyContinue
        $sent.Delivered | Should -BeGreaterThan 50
        $sent.Delivered | Should -BeLessThan 65
        $refused | Should -Not -BeNullOrEmpty
        Get-Resident | Should -BeLessThan $mostResident
    }

    It 'keeps its memory bounded when it is flooded with <what>' -ForEach @(
        @{ What = 'calls of a command that does not end'; Service = 'cmd.slow'; Line = '{"arguments":["' + 'x' * 1000 + "`"]}`n" }
        @{ What = 'messages whose answers nobody reads'; Service = 'messages'; Line = "`u{3}`u{0}`u{0}`u{0}`u{0}" }
    ) {
        $stream = New-R2Tunnel "$carol/service:$Service" -Node alice -AsStream
        try {
            $burst = [System.Text.Encoding]::UTF8.GetBytes($Line * 1000)
            $sent = 0
            $most = 0
            # It is held back: a write does not return any more, and carol stands still.
            do {
                $write = $stream.WriteAsync($burst, 0, $burst.Length)
                if (-not $write.Wait(10000)) { $most = [math]::Max($most, (Wait-Standstill { Get-Written } 'carol to stand still')) }
                $most = [math]::Max($most, (Get-Resident))
                $sent += $burst.Length
                $sent | Should -BeLessThan 4GB
            } while ($write.IsCompleted)
            $most | Should -BeLessThan $mostResident
        }
        finally {
            $stream.Dispose()
        }
        # It goes on serving.
        (Get-R2Command -Target $carol -Node alice).Name | Should -Contain 'slow'
    }
}
