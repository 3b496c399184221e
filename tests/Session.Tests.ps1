#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $manifest = [System.IO.Path]::Combine($repository, 'output', 'PnetPS', 'PnetPS.psd1')
}

Describe 'Two versions of the module in one session' -Skip:(-not (Get-Command dotnet -ErrorAction Ignore)) {
    BeforeAll {
        # The next version, in a folder of its own: what an update leaves in a session that goes on.
        $newer = "$TestDrive/modules/PnetPS/9.9.9"
        $said = dotnet build ([System.IO.Path]::Combine($repository, 'src', 'PnetPS.Module')) --nologo --verbosity quiet -p:VersionPrefix=9.9.9 --artifacts-path "$TestDrive/artifacts" -p:PnetModuleOutput=$newer/
        $LASTEXITCODE | Should -Be 0 -Because "$said"
        $text = Get-Content "$newer/PnetPS.psd1" -Raw
        Set-Content "$newer/PnetPS.psd1" ($text -replace "ModuleVersion = '[^']+'", "ModuleVersion = '9.9.9'")

        # Runs a script in a PowerShell of its own; its output comes back as objects.
        function Invoke-Session([string] $Script) {
            $said = & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; & { $Script } 3>`$null | ConvertTo-Json -AsArray -Compress"
            $LASTEXITCODE | Should -Be 0 -Because "$said"
            $said | ConvertFrom-Json -NoEnumerate
        }
    }

    It 'follow each other: the newer is there as soon as the older is removed' {
        $said = Invoke-Session @"
            Import-Module '$manifest'
            `$null = Start-R2Node alice -SocketPath '$TestDrive/older.sock'
            Remove-Module PnetPS
            Test-Path '$TestDrive/older.sock'
            Import-Module '$newer/PnetPS.psd1'
            (Get-Command Start-R2Node).Version.ToString()
            (Get-Command Start-R2Node).ImplementingType.Assembly.Location
            (Start-R2Node alice).Name
"@
        $said | Should -Be $false, '9.9.9', "$newer/bin/PnetPS.Module.dll", 'alice'
    }

    It 'work beside each other under a prefix, each with nodes of its own' {
        $said = Invoke-Session @"
            Import-Module '$manifest'
            Import-Module '$newer/PnetPS.psd1' -Prefix New -WarningAction Ignore
            `$first = Start-R2Node alice -Listen 'unix://$TestDrive/first' -SocketPath '$TestDrive/kept.sock'
            `$second = Start-NewR2Node alice
            (Connect-NewR2Node 'unix://$TestDrive/first' `$first.Id).Name
            (Get-R2Peer).Id -eq `$second.Id
            try { Get-NewR2Peer -Node `$first -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }
            Remove-Module (Get-Module PnetPS | Where-Object Version -EQ 9.9.9)
            Test-Path '$TestDrive/kept.sock'
            (Get-R2Node).Name
"@
        $said | Should -Be 'alice', $true, 'CannotConvertArgumentNoMessage,PnetPS.Commands.GetR2PeerCommand', $true, 'alice'
    }

    It 'are told apart by their assemblies, as their manifests say' {
        $current = (Get-Module PnetPS).Version
        [System.Reflection.AssemblyName]::GetAssemblyName("$repository/output/PnetPS/bin/PnetPS.Module.dll").Version.ToString(3) | Should -Be $current.ToString(3)
        [System.Reflection.AssemblyName]::GetAssemblyName("$newer/bin/PnetPS.Module.dll").Version.ToString(3) | Should -Be '9.9.9'
    }

    It 'are one only once: a second copy is refused, with advice' {
        Copy-Item ([System.IO.Path]::Combine($repository, 'output', 'PnetPS')) "$TestDrive/copy" -Recurse
        $said = Invoke-Session @"
            Import-Module '$manifest'
            Remove-Module PnetPS
            try { Import-Module '$TestDrive/copy/PnetPS.psd1' } catch { "`$_" }
"@
        $said | Should -BeLike '*was loaded from*Start another pwsh.*'
    }

    It 'under the same names are refused, with advice, and the first goes on' {
        $said = Invoke-Session @"
            Import-Module '$manifest'
            `$null = Start-R2Node alice
            try { Import-Module '$newer/PnetPS.psd1' 3>&1 | ForEach-Object { "`$_" } } catch { `$_.Exception.Message }
            (Get-Command Start-R2Node).Version.ToString()
            (Get-R2Node alice).Name
"@
        $said[0] | Should -BeLike "PnetPS $((Get-Module PnetPS).Version) is in this session as well*-Prefix*"
        $said[1] | Should -BeLike '*already exists*'
        $said[2..3] | Should -Be (Get-Module PnetPS).Version.ToString(), 'alice'
    }
}

Describe 'What takes more than a second' {
    It 'shows progress, and clears it' {
        $shell = [powershell]::Create([System.Management.Automation.RunspaceMode]::NewRunspace)
        try {
            $waits = Start-R2Node waits
            $null = $shell.AddScript("Import-Module '$manifest'; Wait-R2Peer nobody -Node waits -ErrorAction Ignore -Timeout 1h")
            $running = $shell.BeginInvoke()
            Wait-Condition -What 'progress' { $shell.Streams.Progress | Where-Object Activity -Like '*waits*nobody*' }
            $waits | Stop-R2Node
            $null = $shell.EndInvoke($running)
            $records = $shell.Streams.Progress | Where-Object Activity -Like '*waits*nobody*'
            $records[0].RecordType | Should -Be 'Processing'
            $records[0].StatusDescription | Should -Match '^\d+ s$'
            $records[-1].RecordType | Should -Be 'Completed'
        }
        finally {
            $shell.Runspace.Dispose()
            $shell.Dispose()
        }
    }

    It 'shows none for what is quick' {
        $shell = [powershell]::Create([System.Management.Automation.RunspaceMode]::NewRunspace)
        try {
            # What is quick is so at last, also where the machine has much else to do.
            $null = $shell.AddScript("Import-Module '$manifest'; `$null = Start-R2Node quick").Invoke()
            do {
                $shell.Streams.Progress.Clear()
                $shell.Commands.Clear()
                $watch = [System.Diagnostics.Stopwatch]::StartNew()
                $null = $shell.AddScript('Get-R2Peer -Node quick').Invoke()
            } while ($watch.Elapsed.TotalSeconds -ge 1)
            $shell.Streams.Progress | Where-Object Activity -Like '*quick*' | Should -BeNullOrEmpty
            $shell.Commands.Clear()
            $null = $shell.AddScript('Stop-R2Node quick').Invoke()
        }
        finally {
            $shell.Runspace.Dispose()
            $shell.Dispose()
        }
    }
}
