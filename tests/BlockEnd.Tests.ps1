#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# How script blocks end, and what ends them.
BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/BlockStage.ps1"
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'The end of a script block' {
    AfterEach {
        Get-R2Node | Stop-R2Node
        Wait-Condition -What 'the runspaces to close' { -not (Get-BlockRunspace) }
    }

    It 'is told to the other end with a status when it throws' {
        $pair = Start-Pair $TestDrive -TunnelProcess {
            'before'
            throw 'bad'
        }
        (New-R2Tunnel alice 'cat' -Node bob -Wait).ExitStatus | Should -Be 1
        $failure = $pair.Alice.Errors[-1]
        $failure.Exception.Message | Should -Be 'bad'
        $failure.InvocationInfo.ScriptName | Should -Be $PSCommandPath
        $failure.InvocationInfo.Line.Trim() | Should -Be "throw 'bad'"
        $line = $failure.InvocationInfo.ScriptLineNumber
        Wait-Event alice block.error "*: bad (BlockEnd.Tests.ps1:$line)" | Should -Not -BeNullOrEmpty
    }

    It 'waits until it has read what a program sent that has exited' {
        $null = Start-Pair $TestDrive -TunnelProcess 'seq 1 2000; exit 3'
        $file = "$TestDrive/read"
        $tunnel = New-R2Tunnel alice { $input | Set-Content $using:file } -Node bob -Wait
        $tunnel.ExitStatus | Should -Be 3
        Get-Content $file | Should -HaveCount 2000
    }

    It 'comes with <case>' -ForEach @(
        @{ Case = 'its tunnel'; End = { $stream.Tunnel | Remove-R2Tunnel } }
        @{ Case = 'its link'; End = { Disconnect-R2Node alice -Node bob } }
        @{ Case = 'its node'; End = { Stop-R2Node alice } }
        @{ Case = 'the far node'; End = { Stop-R2Node bob } }
    ) {
        $null = Start-Pair $TestDrive -TunnelProcess { 'up'; while ($true) { Start-Sleep 1000 } }
        $stream = New-R2Tunnel alice -AsStream -Node bob
        [System.IO.StreamReader]::new($stream).ReadLine() | Should -Be 'up'
        Get-BlockRunspace | Should -HaveCount 1
        & $End
        Wait-Condition -What 'the block to stop' { -not (Get-BlockRunspace) }
        Wait-Condition -What 'its thread to end' { -not (Get-BlockThread) }
    }

    It 'comes when nobody takes what it <case>' -ForEach @(
        @{ Case = 'puts out'; Block = { while ($true) { 'x' * 1000 } } }
        @{ Case = 'writes'; Block = { param($Stream) $bytes = [byte[]]::new(1000); while ($true) { $Stream.Write($bytes, 0, 1000) } } }
        @{ Case = 'writes, in spite of all errors'; Block = { param($Stream) $bytes = [byte[]]::new(1000); while ($true) { try { $Stream.Write($bytes, 0, 1000) } catch { } } } }
    ) {
        $null = Start-Pair $TestDrive -TunnelProcess $Block
        $stream = New-R2Tunnel alice -AsStream -Node bob
        $stream.Read([byte[]]::new(100), 0, 100) | Should -BeGreaterThan 0
        $stream.Dispose()
        Wait-Condition -What 'the block to stop' { -not (Get-BlockRunspace) }
    }

    It 'comes with Ctrl+C, at once, where the cmdlet waits for it' {
        $null = Start-Pair $TestDrive -TunnelProcess 'cat'
        $shell = Start-Shell "New-R2Tunnel alice { 'up'; while (`$true) { Start-Sleep 1000 } } -Node bob -Wait"
        Wait-Condition -What 'the block to run' { Get-R2Tunnel -Node bob | Where-Object { $_.State -eq 'Open' -and $_.BytesReceived -gt 0 } }
        Stop-Shell $shell
        Read-Event bob block.error | Should -BeNullOrEmpty -Because 'it did not wait in vain for the block to stop'
        Wait-Condition -What 'the block to stop' { -not (Get-BlockRunspace) }
        Wait-Condition -What 'its thread to end' { -not (Get-BlockThread) }
    }

    It 'comes with Ctrl+C while the link is connected that it is to carry' {
        $null = Start-R2Node bob
        $shell = Start-Shell "Connect-R2Node { while (`$true) { Start-Sleep 1000 } } -Node bob -Timeout 10m"
        Wait-Condition -What 'the block to run' { Get-BlockRunspace }
        Stop-Shell $shell
        Wait-Condition -What 'the block to stop' { -not (Get-BlockRunspace) }
        Get-R2Peer -Node bob | Should -BeNullOrEmpty
    }

    It 'is not waited for where it is stuck in a call that can''t be interrupted; it is told' {
        $null = Start-Pair $TestDrive
        $gate = [System.Threading.ManualResetEventSlim]::new()
        try {
            $null = Register-R2Service stuck { 'up'; ($using:gate).Wait() } -Node alice
            $stream = New-R2Tunnel alice -Service stuck -AsStream -Node bob
            [System.IO.StreamReader]::new($stream).ReadLine() | Should -Be 'up'
            Remove-R2Tunnel $stream.Tunnel.Id -Node bob
            Wait-Event alice block.error '*did not stop within 5 s*' | Should -Not -BeNullOrEmpty
        }
        finally {
            $gate.Set()
        }
        Wait-Condition -What 'the block to end after all' { -not (Get-BlockRunspace) }
    }

    It 'never begins where the tunnel doesn''t come about' {
        $null = Start-Pair $TestDrive
        $ran = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
        New-R2Tunnel alice -Service none { ($using:ran).Enqueue('ran') } -Node bob -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        Get-BlockRunspace | Should -BeNullOrEmpty
        $ran | Should -BeNullOrEmpty
    }
}
