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
        { Send-R2File "$here/x" bob/carol -Service public -Node alice -ErrorAction Stop } | Should -Throw '*read-only*' -ErrorId 'PeerRefused,*'
        Set-Content "$share/y" 'y'
        (Receive-R2File y bob/carol $here -Service public -Node alice).Copied | Should -Be 1
    }

    It 'gets nothing out of the directory that is shared' {
        Set-Content "$TestDrive/secret" 'secret'
        { Receive-R2File ../secret bob/carol $here -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        { Receive-R2File /etc/passwd bob/carol $here -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        $null = New-Item "$share/link" -ItemType SymbolicLink -Target "$TestDrive/secret"
        (Receive-R2File link bob/carol $here -Node alice).Skipped | Should -Be 1
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

    It 'refuses a stranger' {
        $null = Start-R2Node eve
        $null = Connect-R2Node "unix://$TestDrive/bob" -Node eve
        { Receive-R2File . "bob/$($carol.Id)" $here -Node eve -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*'
        Stop-R2Node eve
    }
}
