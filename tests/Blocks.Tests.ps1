#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

using namespace System.Text

# Script blocks as transports, services and ends of tunnels. What goes in and comes out of them is in R2Tunnel.Tests.ps1,
# what they say in BlockMessages.Tests.ps1, and how they end in BlockEnd.Tests.ps1.
BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/BlockStage.ps1"
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'What a script block may use' {
    BeforeAll {
        $modules = (New-Item -ItemType Directory "$TestDrive/modules").FullName
        $null = New-Item -ItemType Directory "$modules/Greeter"
        Set-Content "$modules/Greeter/Greeter.psm1" @'
            function Get-Greeting { 'hello from a module' }
            class Greeter { static [string] Greet() { return 'hello from a class' } }
'@
        $path = $env:PSModulePath
        $env:PSModulePath = $modules + [System.IO.Path]::PathSeparator + $path
    }

    AfterAll {
        $env:PSModulePath = $path
    }

    AfterEach {
        Get-R2Node | Stop-R2Node
        Wait-Condition -What 'the runspaces to close' { -not (Get-BlockRunspace) }
    }

    It '<case>' -ForEach @(
        @{ Case = 'a module by name'; Block = { Import-Module Greeter; Get-Greeting }; Expected = 'hello from a module' }
        @{ Case = 'a module by path'; Block = { Import-Module "$using:modules/Greeter/Greeter.psm1"; Get-Greeting }; Expected = 'hello from a module' }
        @{ Case = 'a module that loads by itself'; Block = { Get-Greeting }; Expected = 'hello from a module' }
        @{ Case = 'the using namespace statements of its file'; Block = { [StringBuilder]::new('built').ToString() }; Expected = 'built' }
        @{ Case = 'the folder of its file'; Block = { Split-Path -Leaf $PSScriptRoot }; Expected = 'tests' }
        @{ Case = 'classes'; Block = { class Answer { [int] $Value = 42 }; [Answer]::new().Value }; Expected = '42' }
        @{ Case = 'this module'; Block = { (Get-Command Get-R2Node).Name }; Expected = 'Get-R2Node' }
    ) {
        $env:PSModulePath += [System.IO.Path]::PathSeparator + (Split-Path (Get-Module PnetPS).ModuleBase)
        $null = Start-Pair $TestDrive -TunnelProcess $Block
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() | Should -Be $Expected
    }

    It 'using module, in a block made of text' {
        $block = [scriptblock]::Create("using module '$modules/Greeter/Greeter.psm1'`n[Greeter]::Greet()")
        $null = Start-Pair $TestDrive -TunnelProcess $block
        1..2 | ForEach-Object { Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() } | Should -Be 'hello from a class', 'hello from a class'
    }

    It 'a function as the block' {
        function Read-All([System.IO.Stream] $Stream) {
            $all = [System.IO.StreamReader]::new($Stream).ReadToEnd().Trim()
            $bytes = [System.Text.Encoding]::UTF8.GetBytes("<$all>")
            $Stream.Write($bytes, 0, $bytes.Length)
        }
        filter Add-Mark { "! $_" }

        $pair = Start-Pair $TestDrive -TunnelProcess ${function:Read-All}
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) 'in' | Should -Be '<in>'
        $null = Register-R2Service mark ${function:Add-Mark} -Node alice
        Send-Line (New-R2Tunnel alice -Service mark -AsStream -Node bob) 'a', 'b' | Should -Be '! a', '! b'
    }

    It 'the current folder of who passed it' {
        Push-Location $modules
        try { $null = Start-Pair $TestDrive -TunnelProcess { $PWD.Path } } finally { Pop-Location }
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() | Should -Be $modules
    }

    It 'nothing that an earlier run left' {
        $null = Start-Pair $TestDrive -TunnelProcess {
            class Counter { static [int] $Runs }
            $seen = @($global:left, (Get-Command left -ErrorAction Ignore), $env:R2LEFT_NEVER, [Counter]::Runs) -join '|'
            $global:left = 'left'
            function global:left { }
            [Counter]::Runs++
            $seen
        }
        1..3 | ForEach-Object { Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() } | Should -Be '|||0', '|||0', '|||0'
    }

    It 'numbers as they are written, whatever the culture' {
        $shell = Start-Shell @"
            [cultureinfo]::CurrentCulture = 'de-DE'
            `$null = Start-R2Node alice -Listen 'unix://$TestDrive/de' -Allow * -TunnelProcess { [cultureinfo]::CurrentCulture = 'de-DE'; 1.5 }
"@
        $null = $shell.Shell.EndInvoke($shell.Running)
        $null = Start-R2Node bob
        $null = Connect-R2Node "unix://$TestDrive/de" -Node bob
        Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() | Should -Be '1.5'
        Get-R2Node | Stop-R2Node
        Stop-Shell $shell
    }
}

Describe 'Many script blocks' {
    It 'run at once: 100 tunnels into a service' {
        $null = Start-Pair $TestDrive
        $all = [System.Threading.CountdownEvent]::new(100)
        $null = Register-R2Service meet -Node alice -Transport {
            process {
                # Each waits for all the others: they run at the same time, or not at all.
                $null = ($using:all).Signal()
                if (($using:all).Wait([timespan]::FromMinutes(2))) { "<$_>" }
            }
        }
        $sockets = @(Get-OpenSocket).Count
        $streams = 1..100 | ForEach-Object { New-R2Tunnel alice -Service meet -AsStream -Node bob }
        foreach ($i in 1..100) {
            $bytes = [Encoding]::UTF8.GetBytes("$i`n")
            $streams[$i - 1].Write($bytes, 0, $bytes.Length)
        }
        $answers = foreach ($stream in $streams) { [System.IO.StreamReader]::new($stream).ReadLine() }
        $answers | Should -Be (1..100 | ForEach-Object { "<$_>" })
        (Get-R2Service meet -Node alice).Active | Should -Be 100
        Get-BlockRunspace | Should -HaveCount 100

        $streams | ForEach-Object Dispose
        # Some are kept for the next, while the service is there.
        Wait-Condition -What 'all to end' { @(Get-BlockRunspace).Count -le 16 -and -not (Get-BlockRunspace | Where-Object RunspaceAvailability -EQ Busy) }
        Wait-Condition -What 'the channels to be gone' { (Get-R2Service meet -Node alice).Active -eq 0 }
        @(Get-OpenSocket).Count | Should -BeLessOrEqual $sockets
        Unregister-R2Service meet -Node alice
        Wait-Condition -What 'their runspaces to close' { -not (Get-BlockRunspace) -and -not (Get-BlockThread) }
        Get-R2Node | Stop-R2Node
    }

    It 'run in the same runspaces, one after the other, and leave each other nothing' {
        $null = Start-Pair $TestDrive -TunnelProcess { "$left"; $global:left = 'tunnel process' }
        $null = Register-R2Service again { process { "$_ $left $([runspace]::DefaultRunspace.Id)" } end { $global:left = 'line' } } -Node alice
        $null = Register-R2Service stream -Node alice -Transport {
            param($Stream)
            $reader = [System.IO.StreamReader]::new($Stream)
            $bytes = [Encoding]::UTF8.GetBytes("$($reader.ReadLine()) $left $([runspace]::DefaultRunspace.Id)`n")
            $Stream.Write($bytes, 0, $bytes.Length)
            $global:left = 'stream'
        }
        foreach ($service in 'again', 'stream') {
            $answers = 1..40 | ForEach-Object { Send-Line (New-R2Tunnel alice -Service $service -AsStream -Node bob) $_ }
            $answers | ForEach-Object { ($_ -split ' ')[0..1] -join ' ' } | Should -Be (1..40 | ForEach-Object { "$_ " })
            @($answers | ForEach-Object { ($_ -split ' ')[2] } | Sort-Object -Unique).Count | Should -BeLessThan 20
        }

        1..5 | ForEach-Object { Send-Line (New-R2Tunnel alice -AsStream -Node bob) @() } | Should -Be @('', '', '', '', '')
        Unregister-R2Service again, stream -Node alice
        Get-R2Node | Stop-R2Node
        Wait-Condition -What 'the runspaces to close' { -not (Get-BlockRunspace) -and -not (Get-BlockThread) }
    }

    It 'leave nothing when the module is removed' {
        $sockets = @(Get-OpenSocket).Count
        $shell = Start-Shell @"
            `$alice = Start-R2Node alice -Listen 'unix://$TestDrive/many' -TunnelProcess { 'up'; while (`$true) { Start-Sleep 1000 } } -Allow *
            `$bob = Start-R2Node bob
            `$null = Connect-R2Node 'unix://$TestDrive/many' -Node bob
            1..20 | ForEach-Object { [System.IO.StreamReader]::new((New-R2Tunnel alice -AsStream -Node bob)).ReadLine() }
            (Get-Runspace | Where-Object Name -Like 'PnetPS*').Count
            Remove-Module PnetPS
"@
        Wait-Condition -What 'the script' { $shell.Running.IsCompleted }
        $shell.Shell.Streams.Error | Should -BeNullOrEmpty
        $shell.Output | Select-Object -Last 1 | Should -Be 20
        Stop-Shell $shell
        Wait-Condition -What 'the runspaces to close' { -not (Get-BlockRunspace) }
        Wait-Condition -What 'the threads to end' { -not (Get-BlockThread) }
        Wait-Condition -What 'the sockets to close' { @(Get-OpenSocket).Count -le $sockets + 1 }
        Get-Child | Should -BeNullOrEmpty
    }
}
