#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # alice - bob - carol who know each other, and dave, whom nobody knows, linked with bob.
    $alice, $bob, $carol, $dave = 'alice', 'bob', 'carol', 'dave' | ForEach-Object { Start-R2Node $_ -Listen "unix://$TestDrive/$_" }
    $all = $alice, $bob, $carol
    foreach ($node in $all) { $all | Where-Object Id -NE $node.Id | ForEach-Object { $null = Grant-R2Access $_.Id -Node $node } }
    $null = Register-R2Service ssh cat -Node carol
    $null = Register-R2Service web cat -Node carol
    foreach ($name in 'alice', 'carol', 'dave') { $null = Connect-R2Node "unix://$TestDrive/bob" -Node $name }

    # What an assertion that fails says.
    function Get-Said([scriptblock] $Assertion) {
        try { & $Assertion } catch { return "$($_.Exception.Message)" }
        throw "it did not fail: $Assertion"
    }

    $time = '[\d.]+ m?s'
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Should -BeR2Reachable' {
    It 'passes where there is a way, for <What>' -ForEach @(
        @{ What = 'a node'; Target = { $carol } }
        @{ What = 'a name'; Target = { 'carol' } }
        @{ What = 'an id'; Target = { $carol.Id } }
        @{ What = 'the start of an id'; Target = { $carol.Id.Substring(0, 8) } }
        @{ What = 'a path'; Target = { 'bob/carol' } }
        @{ What = 'a peer'; Target = { Get-R2Peer carol -Node bob } }
    ) {
        & $Target | Should -BeR2Reachable -From $alice
        & $Target | Should -BeR2Reachable -From alice
    }

    It 'takes several' {
        $bob, $carol, $dave | Should -BeR2Reachable -From alice
    }

    It 'passes with -Not where there is none' {
        'nobody' | Should -Not -BeR2Reachable -From alice
        'bob/nobody' | Should -Not -BeR2Reachable -From alice
    }

    It 'shows the path tried, hop by hop, and where it broke' {
        Get-Said { 'bob/erin' | Should -BeR2Reachable -From $alice -Because 'she was invited' } |
            Should -Match "^Expected bob/erin to be reachable from alice, because she was invited, but it is not: alice -> bob $time -> erin: unreachable: .*erin"
    }

    It 'shows the way that it should not have found' {
        Get-Said { $carol | Should -Not -BeR2Reachable -From $alice } |
            Should -Match "^Expected carol not to be reachable from alice, but it is: alice -> bob $time -> carol $time$"
    }

    It 'says among whom it looked' {
        Get-Said { 'erin' | Should -BeR2Reachable -From alice } | Should -BeLike '*alice -> erin: unreachable: no path to erin among bob, carol, dave*'
    }

    It 'waits with -Within until there is a way' {
        $late = Start-R2Node late
        try {
            # It tries until somebody listens there, and bob does now.
            $null = Connect-R2Node "unix://$TestDrive/later" -Node late -Background
            Get-Said { $late | Should -BeR2Reachable -From alice } | Should -BeLike '*no path to late*'
            $null = New-R2Listener "unix://$TestDrive/later" -Node bob
            $late | Should -BeR2Reachable -From alice -Within 60s
            Get-Said { 'erin' | Should -BeR2Reachable -From alice -Within 100ms } | Should -BeLike '*(after 100ms)'
        }
        finally {
            Stop-R2Node late
            Remove-R2Listener "unix://$TestDrive/later" -Node bob
        }
    }

    It 'waits with -Within and -Not until there is none' {
        $leaving = Start-R2Node leaving
        $null = Connect-R2Node "unix://$TestDrive/bob" -Node leaving
        $leaving | Should -BeR2Reachable -From alice
        Stop-R2Node leaving
        'leaving' | Should -Not -BeR2Reachable -From alice -Within 60s
    }

    It 'fails for a node that it should start from and is not there' {
        { $carol | Should -BeR2Reachable -From nowhere } | Should -Throw '*nowhere*'
        { $carol | Should -Not -BeR2Reachable -From nowhere } | Should -Throw '*nowhere*'
    }

    It 'shows where the way of a lab is cut' {
        $lab = New-R2Lab @{ Nodes = 'a', 'b', 'c'; Links = 'a - b - c' } -Name cut
        try {
            $lab['c'] | Should -BeR2Reachable -From $lab['a']
            'c' | Should -BeR2Reachable -From cut/a
            Suspend-R2LabLink b c -Lab $lab
            Get-Said { $lab['c'] | Should -BeR2Reachable -From $lab['a'] } |
                Should -Match "^Expected c to be reachable from a, but it is not: a -> b $time -> c: unreachable: no link to c$"
        }
        finally {
            $lab | Remove-R2Lab
        }
    }
}

Describe 'Should -HaveR2Peer' {
    It 'passes where there is a link, to <What>' -ForEach @(
        @{ What = 'a node'; Peer = { $bob } }
        @{ What = 'a name'; Peer = { 'bob' } }
        @{ What = 'a pattern'; Peer = { 'b?b' } }
        @{ What = 'an id'; Peer = { $bob.Id } }
        @{ What = 'a peer'; Peer = { Get-R2Peer bob -Node carol } }
    ) {
        $alice | Should -HaveR2Peer (& $Peer)
        'alice' | Should -HaveR2Peer (& $Peer)
    }

    It 'counts no link that others relay' {
        $null = Test-R2Peer bob/carol -Node alice -Count 1
        (Get-R2Peer -Node alice).Name | Should -Contain carol
        $alice | Should -Not -HaveR2Peer $carol
    }

    It 'says what the peers are' {
        Get-Said { $alice | Should -HaveR2Peer carol -Because 'I said so' } |
            Should -Match '^Expected alice to have the peer carol, because I said so, but its peers are bob \(up(, [\d.]+m?s)?\)$'
        Get-Said { $alice | Should -Not -HaveR2Peer bob } | Should -BeLike 'Expected alice not to have the peer bob, but its peers are bob (*'
    }

    It 'asks from another node, and shows the way' {
        'carol' | Should -HaveR2Peer bob -From alice
        Get-Said { 'carol' | Should -HaveR2Peer erin -From alice } | Should -Match "its peers are .*bob.* \(alice -> bob $time -> carol $time\)$"
    }

    It 'fails either way where the node can not be reached' {
        Get-Said { 'erin' | Should -HaveR2Peer bob -From alice } | Should -BeLike "*but it can't be asked: alice -> erin: unreachable: *"
        Get-Said { 'erin' | Should -Not -HaveR2Peer bob -From alice } | Should -BeLike "*but it can't be asked: alice -> erin: unreachable: *"
    }
}

Describe 'Should -ServeR2Service' {
    It 'passes where the service is' {
        $carol | Should -ServeR2Service ssh
        'carol' | Should -ServeR2Service web -From alice
        $carol | Should -Not -ServeR2Service mail -From alice
    }

    It 'says what there is, and the way to it' {
        Get-Said { $carol | Should -ServeR2Service mail } | Should -Be 'Expected carol to serve mail, but it serves ssh, web'
        Get-Said { $carol | Should -ServeR2Service mail -From alice -Because 'it did' } |
            Should -Match "^Expected carol to serve mail to alice, because it did, but it serves ssh, web \(alice -> bob $time -> carol $time\)$"
    }

    It 'holds that who may not look may not use' {
        $carol | Should -Not -ServeR2Service ssh -From dave
        Get-Said { $carol | Should -ServeR2Service ssh -From dave } | Should -BeLike 'Expected carol to serve ssh to dave, but it refuses to tell what it serves (dave -> bob * -> carol *)'
    }

    It 'waits with -Within' {
        $null = Register-R2Service late cat -Node bob
        $bob | Should -ServeR2Service late -From alice -Within 60s
        Unregister-R2Service late -Node bob
        $bob | Should -Not -ServeR2Service late -From alice -Within 60s
    }

    It 'fails where the node can not be reached' {
        Get-Said { 'erin' | Should -ServeR2Service ssh -From alice } | Should -BeLike "Expected erin to serve ssh to alice, but it can't be asked: alice -> erin: unreachable: *"
    }
}

Describe 'Register-R2ShouldOperator' {
    BeforeAll {
        function Invoke-Fresh([string] $Script) { & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; $Script" }
        $import = "Import-Module '$repository/output/PnetPS'"
        $pester = "Import-Module '$([System.IO.Path]::Combine((Get-Module Pester).ModuleBase, 'Pester.psd1'))'"
        $operators = "(Get-ShouldOperator | Where-Object Name -like '*R2*').Name -join ','"
    }

    It 'is not needed where Pester is there when the module is imported' {
        Invoke-Fresh "$pester; $import; $operators" | Should -Be 'BeR2Reachable,HaveR2Peer,ServeR2Service'
    }

    It 'brings the operators to a Pester that comes later, as often as it is called' {
        Invoke-Fresh "$import; $pester; Register-R2ShouldOperator; Register-R2ShouldOperator; $operators" | Should -Be 'BeR2Reachable,HaveR2Peer,ServeR2Service'
    }

    It 'says that there is no Pester' {
        Invoke-Fresh "$import; try { Register-R2ShouldOperator } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }" |
            Should -Be 'PesterNotLoaded,Register-R2ShouldOperator', 'Import-Module Pester first.'
    }

    It 'leaves Pester alone when the module is imported' {
        Invoke-Fresh "$import; [bool] (Get-Module Pester)" | Should -Be False
    }

    It 'works after the module was imported again' {
        Invoke-Fresh "$pester; $import; Remove-Module PnetPS; $import; `$null = Start-R2Node a; 'a' | Should -BeR2Reachable -From a; 'fine'" | Should -Be fine
    }
}
