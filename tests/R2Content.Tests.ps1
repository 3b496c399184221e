#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# bob and carol publish; alice fetches from both, from carol through bob.
BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $alice = Start-R2Node alice -SocketPath "$TestDrive/alice.sock"
    $bob = Start-R2Node bob -Listen "unix://$TestDrive/bob" -Allow $alice.Id -SocketPath "$TestDrive/bob.sock"
    $carol = Start-R2Node carol -Allow $alice.Id
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node alice
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node carol
    $bytes = [byte[]]::new(3MB + 17)
    [System.Random]::new(3).NextBytes($bytes)
    [System.IO.File]::WriteAllBytes("$TestDrive/file", $bytes)
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'R2Content' {
    AfterEach {
        foreach ($node in 'bob', 'carol') { Get-R2Content -Node $node | Unpublish-R2Content }
    }

    It 'is published, listed, fetched from all who are asked, and unpublished' {
        $content = Publish-R2Content "$TestDrive/file" -Node bob
        $content.Address | Should -Match '^sha256:[0-9a-f]{64}$'
        (Get-Item "$TestDrive/file" | Publish-R2Content -Node carol).Address | Should -Be $content.Address
        (Get-R2Content -Node bob).Path | Should -Be "$TestDrive/file"
        $shown = Get-R2Content -Node bob | Out-String -Width 100
        $shown | Should -Match "$($content.Address) +$($bytes.Length) file"
        $shown -split "`n" | ForEach-Object { $_.TrimEnd().Length } | Should -Not -BeGreaterThan 100
        $fetched = Get-R2Content $content.Address "$TestDrive/got" -From bob, bob/carol -Node alice
        $fetched.Length | Should -Be $bytes.Length
        ($fetched.Peers.Bytes | Measure-Object -Sum).Sum | Should -Be $bytes.Length
        (Get-FileHash "$TestDrive/got").Hash | Should -Be (Get-FileHash "$TestDrive/file").Hash
        "$fetched" | Should -Be $content.Address
        Unpublish-R2Content $content.Address -Node bob
        Get-R2Content -Node bob | Should -BeNullOrEmpty
    }

    It 'is published through the manager socket, and found at the neighbours' {
        $content = Publish-R2Content "$TestDrive/file" -SocketPath "$TestDrive/bob.sock"
        (Get-R2Content $content.Address "$TestDrive/neighbours" -Node alice).Peers.Where{ $_.Bytes }.Peer | Should -Be $bob.Id
    }

    It 'stays where it is unless it is to be replaced' {
        $content = Publish-R2Content "$TestDrive/file" -Node bob
        Set-Content "$TestDrive/mine" 'mine'
        { Get-R2Content $content.Address "$TestDrive/mine" -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'AlreadyExists,*'
        Get-Content "$TestDrive/mine" | Should -Be 'mine'
        (Get-R2Content $content.Address "$TestDrive/mine" -Force -Node alice).Length | Should -Be $bytes.Length
    }

    It 'asks again until the time is over, and says so' {
        $content = Publish-R2Content "$TestDrive/file" -Node bob
        $content | Unpublish-R2Content -Node bob
        $said = Get-R2Content $content.Address "$TestDrive/waited" -From bob -WaitTimeout 300ms -Node alice -Verbose -ErrorAction SilentlyContinue -ErrorVariable failed 4>&1
        $said.Message | Should -Be "nobody has $($content.Address): bob: that is not published here; asking again in 0.3 s."
        $failed.FullyQualifiedErrorId | Should -Be 'NotFound,PnetPS.Commands.GetR2ContentCommand'
        Test-Path "$TestDrive/waited" | Should -BeFalse
    }

    It 'warns of a peer that does not have it and goes on with the others' {
        $content = Publish-R2Content "$TestDrive/file" -Node bob
        $null = Get-R2Content $content.Address "$TestDrive/warned" -From bob, bob/carol -Node alice -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike '*not published here*'
    }

    It 'tells <what>' -ForEach @(
        @{ What = 'an address that is none'; Address = 'sha256:12'; Id = 'InvalidInput,*' }
        @{ What = 'a content that nobody has'; Address = "sha256:$('0' * 64)"; Id = 'NotFound,*' }
    ) {
        { Get-R2Content $Address "$TestDrive/none" -Node alice -ErrorAction Stop } | Should -Throw -ErrorId $Id
        "$TestDrive/none" | Should -Not -Exist
    }

    It 'tells what can not be published or unpublished' {
        { Publish-R2Content "$TestDrive/missing" -Node bob -ErrorAction Stop } | Should -Throw
        { Publish-R2Content $TestDrive -Node bob -ErrorAction Stop } | Should -Throw
        { Unpublish-R2Content "sha256:$('0' * 64)" -Node bob -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,*'
    }
}

Describe 'R2Content that takes a while' {
    It 'shows how far it is' {
        $dave = Start-R2Node dave -Listen "unix://$TestDrive/dave.link" -Allow $alice.Id
        $file = [System.IO.File]::Create("$TestDrive/big")
        $file.SetLength(64MB)
        $file.Dispose()
        $content = Publish-R2Content "$TestDrive/big" -Node dave
        # It is held in the middle.
        $gate = Connect-Gated bob "$TestDrive/dave.link" 32MB -Inbound
        $shell = Start-Shell "Get-R2Content $($content.Address) '$TestDrive/here' -From bob/dave -SocketPath '$TestDrive/alice.sock'"
        try {
            $records = $shell.Shell.Streams.Progress
            # The first may come before the length is known.
            $known = { $records.Where{ $_.StatusDescription -like '* of 67.1 MB' } }
            Wait-Condition { (& $known).Count -ge 3 } -What 'progress'
            foreach ($record in & $known) {
                $record.Activity | Should -Be "Fetching $($content.Address)"
                $record.PercentComplete | Should -BeIn (0..100)
            }
            $gate.Set()
            Wait-Condition { $shell.Running.IsCompleted } -What 'the end of the fetch' -Seconds 120
            $shell.Shell.Streams.Error | Should -BeNullOrEmpty
            $shell.Output[0].Length | Should -Be 64MB
            $records[-1].RecordType | Should -Be 'Completed'
        }
        finally {
            $gate.Set()
            Stop-Shell $shell
            $dave | Stop-R2Node
        }
    }
}
