#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# alice copies to and from carol, through bob.
BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $share = New-Item "$TestDrive/share" -ItemType Directory
    $alice = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
    $bob = Start-R2Node bob -Listen "unix://$TestDrive/bob" -Allow $alice.Id
    $carol = Start-R2Node carol -Allow $alice.Id
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node alice
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node carol
    $null = Register-R2Service files -Directory $share -Writable -Node carol
    $null = Register-R2Service public -Directory $share -Node carol
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'R2File' {
    BeforeEach {
        $here = New-Item "$TestDrive/$([guid]::NewGuid())" -ItemType Directory
        Get-ChildItem $share -Force | Remove-Item -Recurse -Force
    }

    It 'sends a file and gets it back <case>' -ForEach @(
        @{ Case = 'in this process'; At = @{ Node = 'alice' } }
        @{ Case = 'through the manager socket'; At = @{ SocketPath = 'alice.sock' } }
    ) {
        if ($At.SocketPath) { $At = @{ SocketPath = "$TestDrive/alice.sock" } }
        Set-Content "$here/one.txt" 'one'
        $copy = Send-R2File "$here/one.txt" bob/carol:in/ @At
        $copy.Copied | Should -Be 1
        $copy.BytesSent | Should -Be 4
        Get-Content "$share/in/one.txt" | Should -Be 'one'
        (Receive-R2File in/one.txt bob/carol "$here/back.txt" @At).Copied | Should -Be 1
        Get-Content "$here/back.txt" | Should -Be 'one'
        (Receive-R2File one.txt bob/carol:in "$here/again.txt" @At).Copied | Should -Be 1
    }

    It 'takes wildcards and what Get-ChildItem gives' {
        'a.log', 'b.log', 'c.txt' | ForEach-Object { Set-Content "$here/$_" $_ }
        (Send-R2File "$here/*.log" bob/carol -Node alice).Copied | Should -Be 2
        $files = Get-ChildItem $here | Send-R2File -Target bob/carol -Node alice -PassThru | Sort-Object Path
        $files.Path | Should -Be 'a.log', 'b.log', 'c.txt'
        $files.Status | Should -Be 'Unchanged', 'Unchanged', 'Copied'
    }

    It 'holds a node up that tells of more than the pipeline takes' {
        $null = Register-R2Service floods {
            param($Stream)
            # Problems: kind, length, status, no error, "m", "p".
            $one = [byte[]](7, 0, 0, 0, 8, 6, 255, 0, 1, 109, 0, 1, 112)
            $many = [byte[]]::new(13 * 10000)
            for ($i = 0; $i -lt $many.Length; $i += 13) { $one.CopyTo($many, $i) }
            while ($true) { $Stream.Write($many, 0, $many.Length) }
        } -Node carol
        try {
            $before = (Get-R2Metric links.bytes.sent -Node carol).Value
            $sent = $still = 0
            Receive-R2File x bob/carol "$here/in" -Service floods -Node alice 2>&1 | Select-Object -First 1 | ForEach-Object {
                # What fits the windows on the way, and no more: it stands still.
                while ($still -lt 10 -and $sent -lt 100MB) {
                    Start-Sleep -Milliseconds 200
                    $last = $sent
                    $sent = (Get-R2Metric links.bytes.sent -Node carol).Value - $before
                    $still = $sent -eq $last ? $still + 1 : 0
                }
                $_.Exception.Message | Should -Be 'm'
            }
            $sent | Should -BeGreaterThan 0
            $sent | Should -BeLessThan 100MB
        } finally {
            Unregister-R2Service floods -Node carol
        }
    }

    It 'copies directories with -Recurse alone' {
        $null = New-Item "$here/tree/sub" -ItemType Directory
        Set-Content "$here/tree/sub/x" 'x'
        { Send-R2File "$here/tree" bob/carol -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,*'
        $copy = Send-R2File "$here/tree" bob/carol -Recurse -Node alice
        "$copy" | Should -Be '1 files, bob/carol'
        $copy.Directories | Should -Be 2
        (Receive-R2File . bob/carol "$here/all" -Recurse -Node alice).Copied | Should -Be 1
        Get-Content "$here/all/tree/sub/x" | Should -Be 'x'
    }

    It 'reports each file that fails and goes on with the others' {
        'a', 'b' | ForEach-Object { Set-Content "$here/$_" 'new' }
        Set-Content "$share/a" 'old'
        $copy = Send-R2File "$here/*" bob/carol -Node alice -ErrorAction SilentlyContinue -ErrorVariable failed
        $copy.Copied | Should -Be 1
        $copy.Failed | Should -Be 1
        $failed.FullyQualifiedErrorId | Should -Be 'AlreadyExists,PnetPS.Commands.SendR2FileCommand'
        $failed.TargetObject | Should -Be 'a'
        $failed.ErrorDetails.RecommendedAction | Should -BeLike '*-Collision*'
        Get-Content "$share/a" | Should -Be 'old'
        (Send-R2File "$here/a" bob/carol -Collision Rename -Node alice -PassThru).Message | Should -Be 'a (2)'
        (Send-R2File "$here/a" bob/carol -Collision Overwrite -Node alice -PassThru).Status | Should -Be 'Replaced'
        Get-Content "$share/a" | Should -Be 'new'
    }

    It 'sends nothing to a share that is for reading' {
        Set-Content "$here/x" 'x'
        $failure = try { Send-R2File "$here/x" bob/carol -Service public -Node alice -ErrorAction Stop } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -Be 'PeerRefused,PnetPS.Commands.SendR2FileCommand'
        $failure.Exception.Message | Should -BeLike '*read-only*'
        $failure.ErrorDetails.RecommendedAction | Should -Be 'Have its owner offer it with Register-R2Service -Directory DIR -Writable.'
        Set-Content "$share/y" 'y'
        (Receive-R2File y bob/carol $here -Service public -Node alice).Copied | Should -Be 1
    }

    It 'gets nothing out of the directory that is shared' {
        Set-Content "$TestDrive/secret" 'secret'
        { Receive-R2File ../secret bob/carol $here -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        { Receive-R2File /etc/passwd bob/carol $here -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        $null = New-Item "$share/link" -ItemType SymbolicLink -Target "$TestDrive/secret"
        (Receive-R2File link bob/carol $here -Node alice -WarningVariable warned -WarningAction SilentlyContinue).Skipped | Should -Be 1
        "$warned" | Should -BeLike 'Skipped: link is a symbolic link*'
        Get-ChildItem $here | Should -BeNullOrEmpty
    }

    It 'tells what is not there: <what>' -ForEach @(
        @{ What = 'the node'; Target = 'nobody'; Path = 'x'; Id = 'NotFound,*' }
        @{ What = 'the file'; Target = 'bob/carol'; Path = 'x'; Id = 'NotFound,*' }
        @{ What = 'the service'; Target = 'bob'; Path = 'x'; Id = 'NotFound,*' }
    ) {
        { Receive-R2File $Path $Target $here -Node alice -ErrorAction Stop } | Should -Throw -ErrorId $Id
    }

    It 'does nothing with -WhatIf' {
        Set-Content "$here/x" 'x'
        Send-R2File "$here/x" bob/carol -Node alice -WhatIf
        Get-ChildItem $share | Should -BeNullOrEmpty
    }

    It 'leaves out what is there without a warning where that is the rule, and links with one' {
        $null = New-Item "$here/tree" -ItemType Directory
        Set-Content "$here/tree/a" 'new'
        $null = New-Item "$here/tree/link" -ItemType SymbolicLink -Target a
        $null = New-Item "$share/tree" -ItemType Directory
        Set-Content "$share/tree/a" 'old'
        $copy = Send-R2File "$here/tree" bob/carol -Recurse -Collision Skip -Node alice -WarningVariable warned -WarningAction SilentlyContinue
        $copy.Skipped | Should -Be 2
        $warned.Message | Should -Be 'Skipped: tree/link is a symbolic link, and only files and directories are copied.'
        Get-ChildItem "$share/tree" -Name | Should -Be 'a'
    }

    It 'lists what is shared <case>' -ForEach @(
        @{ Case = 'in this process'; At = @{ Node = 'alice' } }
        @{ Case = 'through the manager socket'; At = @{ SocketPath = 'alice.sock' } }
    ) {
        if ($At.SocketPath) { $At = @{ SocketPath = "$TestDrive/alice.sock" } }
        $null = New-Item "$share/logs/old" -ItemType Directory
        Set-Content "$share/logs/a.gz" 'one'
        Set-Content "$share/logs/old/b.gz" 'more'
        Set-Content "$share/.hidden" 'x'
        $null = New-Item "$share/link" -ItemType SymbolicLink -Target /etc/passwd
        $files = Get-R2File bob/carol @At
        $files.FullName | Should -Be '.hidden', 'link', 'logs'
        $files.Kind | Should -Be 'File', 'Link', 'Directory'
        (Get-R2File bob/carol:logs -Recurse @At).FullName | Should -Be 'logs/a.gz', 'logs/old', 'logs/old/b.gz'
        $file = Get-R2File bob/carol 'logs/*.gz' -Service public @At
        $file.GetType().Name, $file.Name, $file.Length, $file.Mode.Substring(0, 1), $file.Target, $file.Service | Should -Be 'R2File', 'a.gz', 4, '-', 'bob/carol', 'public'
        $file.LastWriteTime | Should -Be (Get-Item "$share/logs/a.gz").LastWriteTime
        { Get-R2File bob/carol 'x*' @At -ErrorAction Stop } | Should -Throw 'nothing there matches x*' -ErrorId 'NotFound,*'
        { Get-R2File bob/carol -LiteralPath 'logs/*' @At -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
        { Get-R2File bob/carol ../ @At -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        @(Get-R2File bob/carol -Recurse @At | Select-Object -First 1).Count | Should -Be 1
        ($files | Out-String -Width 100) -split '\n' | ForEach-Object Length | Sort-Object -Bottom 1 | Should -BeLessOrEqual 100
    }

    It 'receives what Get-R2File gives in one copy <case>' -ForEach @(
        @{ Case = 'in this process'; At = @{ Node = 'alice' } }
        @{ Case = 'through the manager socket'; At = @{ SocketPath = 'alice.sock' } }
    ) {
        if ($At.SocketPath) { $At = @{ SocketPath = "$TestDrive/alice.sock" } }
        $null = New-Item "$share/logs" -ItemType Directory
        'a[1].gz', 'a1.gz', 'b.gz', 'c.txt' | ForEach-Object { Set-Content -LiteralPath "$share/logs/$_" $_ }
        $copy = Get-R2File bob/carol:logs -Service public @At | Where-Object { $_.Name -notlike 'a1*' } | Receive-R2File -Destination $here
        @($copy).Count | Should -Be 1
        $copy.Copied | Should -Be 3
        Get-ChildItem $here -Name | Sort-Object | Should -Be 'a[1].gz', 'b.gz', 'c.txt'
    }

    It 'receives by wildcards' {
        $null = New-Item "$share/logs" -ItemType Directory
        '1.gz', '2.gz', '3.txt' | ForEach-Object { Set-Content "$share/logs/$_" $_ }
        (Receive-R2File 'logs/*.gz' bob/carol "$here/new" -Node alice).Copied | Should -Be 2
        Get-ChildItem "$here/new" -Name | Should -Be '1.gz', '2.gz'
        ('?.txt', '1*' | Receive-R2File -Target bob/carol:logs -Destination $here -Node alice).Copied | Should -Be 2
        { Receive-R2File 'logs/*.none' bob/carol $here -Node alice -ErrorAction Stop } | Should -Throw 'nothing there matches logs/*.none' -ErrorId 'NotFound,*'
        { Receive-R2File -LiteralPath 'logs/*.gz' -Target bob/carol -Destination $here -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
    }

    It 'completes paths at the node' {
        $null = New-Item "$share/logs/old" -ItemType Directory
        Set-Content "$share/logs/one.txt" 'x'
        $offers = { param($line) ([System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.CompletionText }
        & $offers 'Get-R2File bob/carol -Node alice -Path l' | Should -Be 'logs/'
        & $offers 'Receive-R2File -Target bob/carol:logs -Node alice -Path o' | Should -Be 'old/', 'one.txt'
        & $offers 'Get-R2File bob/carol -Node alice -Path logs/on' | Should -Be 'logs/one.txt'
    }

    It 'flushes where that is asked for' {
        Set-Content "$here/a", "$here/b" 'text'
        (Send-R2File "$here/*" bob/carol -Flush -Node alice).Copied | Should -Be 2
        (Receive-R2File . bob/carol "$here/back" -Recurse -Flush -Node alice).Copied | Should -Be 2
    }

    It 'refuses a stranger' {
        $null = Start-R2Node eve
        $null = Connect-R2Node "unix://$TestDrive/bob" -Node eve
        { Receive-R2File . "bob/$($carol.Id)" $here -Node eve -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        Stop-R2Node eve
    }
}

Describe 'R2File that takes a while' {
    BeforeAll {
        $dave = Start-R2Node dave -Listen "unix://$TestDrive/dave.link" -Allow $alice.Id
        $there = New-Item "$TestDrive/dave" -ItemType Directory
        $null = Register-R2Service files -Directory $there -Writable -Node dave
        $big = "$TestDrive/big"
        $file = [System.IO.File]::Create($big)
        $file.SetLength(64MB)
        $file.Dispose()
    }

    AfterAll {
        Stop-R2Node dave
    }

    It 'shows how far <what> is' -ForEach @(
        @{ What = 'Send-R2File'; Script = "Send-R2File '{0}/big' bob/dave"; Inbound = $false; Activity = 'Sending to bob/dave' }
        @{ What = 'Receive-R2File'; Script = "Receive-R2File big bob/dave '{0}/got/'"; Inbound = $true; Activity = 'Receiving from bob/dave' }
    ) {
        if ($Inbound) { Move-Item $big "$there/big" -Force }
        # It is held in the middle.
        $gate = Connect-Gated bob "$TestDrive/dave.link" 32MB -Inbound:$Inbound
        $shell = Start-Shell ("$Script -SocketPath '{0}/alice.sock'" -f $TestDrive)
        try {
            $records = $shell.Shell.Streams.Progress
            # The first may come before the file is begun.
            Wait-Condition { $records.Where{ $_.CurrentOperation -eq 'big' }.Count -ge 3 } -What 'progress'
            foreach ($record in $records.Where{ $_.CurrentOperation -eq 'big' }) {
                $record.Activity | Should -Be $Activity
                $record.StatusDescription | Should -BeLike '? of 1 files, * of 67.1 MB'
                $record.PercentComplete | Should -BeIn (0..100)
                $record.RecordType | Should -Be 'Processing'
            }
            $gate.Set()
            Wait-Condition { $shell.Running.IsCompleted } -What 'the end of the copy' -Seconds 120
            $shell.Shell.Streams.Error | Should -BeNullOrEmpty
            $shell.Output.Copied | Should -Be 1
            $records[-1].RecordType | Should -Be 'Completed'
            $records[-2].PercentComplete | Should -BeGreaterOrEqual $records[0].PercentComplete
        }
        finally {
            $gate.Set()
            Stop-Shell $shell
            Disconnect-R2Node dave -Node bob
        }
    }
}

# Root may do everything: so the session is another user's.
Describe 'R2File without permission' {
    BeforeDiscovery {
        $other = '--reuid=65534', '--regid=65534', '--clear-groups'
        $can = $IsLinux -and (Get-Command setpriv -ErrorAction Ignore) -and (& id -u) -eq 0 -and
            (& setpriv @other pwsh -NoProfile -NonInteractive -Command "(Test-Path '$PSScriptRoot/../output/PnetPS/PnetPS.psd1')" 2>$null) -eq 'True'
    }

    It 'tells of each file and copies the others' -Skip:(-not $can) {
        $place = New-Item "$([System.IO.Path]::GetTempPath())/r2-$([guid]::NewGuid())" -ItemType Directory
        try {
            & sh -c "cd '$place'; chmod 777 .; mkdir -p d/closed share share/d/closed; echo 1 >d/open; echo 2 >d/secret; echo 3 >d/closed/in; chmod 600 d/secret; chmod 777 share share/d"
            $script = "
                Import-Module '$repository/output/PnetPS'
                Set-Location '$place'
                `$carol = Start-R2Node carol -Listen 'unix://$place/carol'
                `$alice = Start-R2Node alice
                Grant-R2Access `$alice.Id alice -Node carol | Out-Null
                Connect-R2Node 'unix://$place/carol' -Node alice | Out-Null
                Register-R2Service files -Directory '$place/share' -Writable -Node carol | Out-Null
                `$copy = Send-R2File d carol -Recurse -Node alice -ErrorAction SilentlyContinue -ErrorVariable failed
                [pscustomobject] @{ Copied = `$copy.Copied; Failed = `$copy.Failed; Ids = `$failed.FullyQualifiedErrorId; Messages = `$failed.ForEach{ `$_.Exception.Message } } | ConvertTo-Json
                Get-R2Node | Stop-R2Node"
            $before = $env:HOME
            $env:HOME = "$place"
            try {
                $result = & setpriv --reuid=65534 --regid=65534 --clear-groups pwsh -NoProfile -NonInteractive -Command $script | ConvertFrom-Json
            }
            finally {
                $env:HOME = $before
            }
            $result.Copied | Should -Be 1
            $result.Failed | Should -Be 2
            $result.Ids | Should -Be (@('PermissionDenied,PnetPS.Commands.SendR2FileCommand') * 2)
            $result.Messages | Sort-Object | Should -Be 'd/closed/in: permission denied', 'd/secret: permission denied'
            (Get-ChildItem "$place/share" -Recurse -Force -File).Name | Should -Be 'open'
        }
        finally {
            Remove-Item $place -Recurse -Force
        }
    }
}
