#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $manifest = [System.IO.Path]::Combine($repository, 'output', 'PnetPS', 'PnetPS.psd1')
}

Describe 'The module' {
    It 'has a manifest that names its cmdlets' {
        $module = Test-ModuleManifest $manifest
        $written = [System.Collections.Generic.HashSet[string]] [string[]] $module.ExportedCmdlets.Keys
        $built = [string[]] (Get-Module PnetPS).NestedModules[0].ExportedCmdlets.Keys
        $written.SetEquals($built) | Should -BeTrue -Because "the manifest lists $($written -join ', ') and the assembly has $($built -join ', ')"
    }

    It 'uses approved verbs and nouns of its own' {
        $verbs = (Get-Verb).Verb
        foreach ($cmdlet in (Get-Module PnetPS).ExportedCmdlets.Values) {
            $cmdlet.Verb | Should -BeIn $verbs
            $cmdlet.Noun | Should -Match '^R2'
        }
    }

    It 'asks before whatever changes state' {
        # Running a command somewhere is as it is with Invoke-Command; taking out what came, as with Receive-Job.
        $asksNothing = 'Invoke-R2Command', 'Receive-R2Message'
        foreach ($cmdlet in (Get-Module PnetPS).ExportedCmdlets.Values) {
            $asks = $cmdlet.Parameters.ContainsKey('WhatIf')
            $only = $cmdlet.Verb -in 'Find', 'Get', 'Test', 'Trace', 'Wait', 'Watch' -or $cmdlet.Name -in $asksNothing
            $asks | Should -Be (-not $only) -Because $cmdlet.Name
        }
    }

    It 'shares only its loader with PowerShell' {
        $own = 'Pnet', 'PnetPS.Module', 'SimpleBase', 'Microsoft.Extensions.Logging.Abstractions'
        $shared = [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { $_.GetName().Name }
        $shared | Should -Contain 'PnetPS'
        $shared | Where-Object { $_ -in $own } | Should -BeNullOrEmpty
    }

    It 'ships no part of PowerShell' {
        Get-ChildItem ([System.IO.Path]::Combine($repository, 'output', 'PnetPS')) -Recurse -Filter 'System.Management.Automation*' |
            Should -BeNullOrEmpty
    }

    It 'exports its cmdlets again when it is imported again' {
        $shell = Start-Shell 'Remove-Module PnetPS'
        $null = $shell.Shell.EndInvoke($shell.Running)
        $shell.Shell.Commands.Clear()
        $null = $shell.Shell.AddScript("Import-Module '$manifest'; Import-Module '$manifest' -Force; (Get-Command -Module PnetPS -CommandType Cmdlet).Name")
        $names = $shell.Shell.Invoke()
        Stop-Shell $shell
        $names.Count | Should -Be (Get-Module PnetPS).ExportedCmdlets.Count
    }

    It 'lays its objects out within 100 columns' {
        $pair = Start-Pair $TestDrive
        try {
            $null = New-R2Tunnel alice 'cat' -Node bob
            $views = $pair.Alice, (Get-R2Peer -Node bob), (Get-R2Tunnel -Node bob), (Test-R2Peer alice -Node bob -Count 1),
                (Get-R2Listener -Node alice), (Get-R2Service -Node alice), (Get-R2Access -Node alice), (Trace-R2Route alice -Node bob),
                (Get-R2Metric -Node alice)
            foreach ($view in $views) {
                $text = $view | Out-String -Width 100
                $text | Should -Match '(?m)^ *-+ '
                $text.TrimEnd() -split "`n" | ForEach-Object Length | Should -Not -BeGreaterThan 100
                $text | Should -Match 'alice|bob'
            }
        }
        finally {
            Get-R2Node | Stop-R2Node
        }
    }
}

Describe 'Remove-Module' {
    It 'stops nodes, script blocks and programs, and leaves no socket' {
        $before = @(Get-OpenSocket).Count
        $folder = (New-Item -ItemType Directory "$TestDrive/removed").FullName
        $shell = Start-Shell @"
            `$alice = Start-R2Node alice -SocketPath '$folder/alice.sock' -Listen 'unix://$folder/alice' -TunnelProcess 'cat' -Allow *
            `$bob = Start-R2Node bob -TunnelProcess { process { `$_ } } -Allow *
            `$null = Connect-R2Node 'unix://$folder/alice' -Node bob -NodeId `$alice.Id
            `$null = New-R2Tunnel alice 'sleep 1000' -Node bob
            `$null = New-R2Tunnel alice { while (`$true) { Start-Sleep 1000 } } -Node bob
            `$null = Get-R2Peer -SocketPath '$folder/alice.sock'
            'ready'
            Remove-Module PnetPS
            'removed'
"@
        Wait-Condition -What 'the script' { $shell.Running.IsCompleted }
        $shell.Shell.Streams.Error.ReadAll() | Should -BeNullOrEmpty
        $shell.Output.ReadAll() | Should -Be 'ready', 'removed'
        Stop-Shell $shell

        Get-R2Node | Should -BeNullOrEmpty
        Get-ChildItem $folder | Should -BeNullOrEmpty
        Wait-Condition -What 'the programs to end' { -not (Get-Child) }
        Wait-Condition -What 'the runspaces to close' { -not (Get-Runspace | Where-Object Name -Like 'PnetPS*') }
        Wait-Condition -What 'the sockets to close' { @(Get-OpenSocket).Count -le $before + 1 }
    }

    It 'leaves the nodes of other sessions alone' {
        $mine = Start-R2Node mine
        try {
            $shell = Start-Shell "`$null = Start-R2Node theirs; Remove-Module PnetPS"
            $null = $shell.Shell.EndInvoke($shell.Running)
            Stop-Shell $shell
            (Get-R2Node).Name | Should -Be 'mine'
        }
        finally {
            $mine | Stop-R2Node
        }
    }
}

Describe 'The end of the process' {
    It 'ends its nodes, programs and script blocks after <case>' -ForEach @(
        @{ Case = 'exit'; End = 'exit 3'; Status = 3 }
        @{ Case = 'SIGTERM'; End = 'kill -TERM $PID; Start-Sleep 1000'; Status = 143 }
    ) {
        $folder = (New-Item -ItemType Directory "$TestDrive/$($Case)").FullName
        $script = @"
            Import-Module '$manifest'
            `$alice = Start-R2Node alice -SocketPath '$folder/alice.sock' -Listen 'unix://$folder/alice' -TunnelProcess 'cat' -Allow *
            `$bob = Start-R2Node bob
            `$null = Connect-R2Node 'unix://$folder/alice' -Node bob -NodeId `$alice.Id
            `$null = New-R2Tunnel alice { while (`$true) { Start-Sleep 1000 } } -Node bob
            `$null = New-R2Tunnel alice 'echo `$`$ > $folder/pid; exec sleep 1000' -Node bob
            while (-not (Get-Content '$folder/pid' -ErrorAction Ignore)) { }
            $End
"@
        & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script
        $LASTEXITCODE | Should -Be $Status
        Get-ChildItem $folder | ForEach-Object Name | Should -Be 'pid'
        $program = Get-Content "$folder/pid"
        Wait-Condition -What 'the program to end' { -not (Test-Path "/proc/$program") }
    }
}
