#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'R2Identity' {
    It 'is made, looked at, and a node''s' {
        $made = New-R2Identity "$TestDrive/new.key"
        $made.KeyPath | Should -Be "$TestDrive/new.key"
        "$made" | Should -Be $made.Id
        (Get-R2Identity "$TestDrive/new.key").Id | Should -BeExactly $made.Id
        (Get-Item "$TestDrive/new.key" | Get-R2Identity).Id | Should -BeExactly $made.Id
        $node = $made | Start-R2Node dave
        $node.Id | Should -BeExactly $made.Id
        $node | Stop-R2Node
    }

    It 'is granted access' {
        $identity = New-R2Identity "$TestDrive/granted.key"
        $null = Start-R2Node alice
        ($identity | Grant-R2Access -Node alice).Id | Should -BeExactly $identity.Id
    }

    It 'is replaced only with -Force' {
        $first = New-R2Identity "$TestDrive/kept.key"
        { New-R2Identity "$TestDrive/kept.key" -ErrorAction Stop } | Should -Throw -ErrorId 'AlreadyExists,PnetPS.Commands.NewR2IdentityCommand'
        (Get-R2Identity "$TestDrive/kept.key").Id | Should -BeExactly $first.Id
        New-R2Identity "$TestDrive/kept.key" -Force -WhatIf | Should -BeNullOrEmpty
        (New-R2Identity "$TestDrive/kept.key" -Force).Id | Should -Not -Be $first.Id
    }

    It 'says so when there is no key' {
        { Get-R2Identity "$TestDrive/none.key" -ErrorAction Stop } | Should -Throw -ErrorId 'NotFound,PnetPS.Commands.GetR2IdentityCommand'
        Set-Content "$TestDrive/bad.key" 'no key'
        chmod 600 "$TestDrive/bad.key"
        { Get-R2Identity "$TestDrive/bad.key" -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.GetR2IdentityCommand'
    }
}
