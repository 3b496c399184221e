#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $pair = Start-Pair $TestDrive
    $alice, $bob = $pair.Alice, $pair.Bob
    $carol = Start-R2Node carol -SocketPath "$TestDrive/carol.sock"
    $null = Connect-R2Node "unix://$TestDrive/alice" -Node carol -NodeId $alice.Id
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Trace-R2Route' {
    It 'shows each node of a path' {
        $hops = Trace-R2Route alice/carol -Node bob
        $hops.Hop | Should -Be 1, 2
        $hops.Name | Should -Be 'alice', 'carol'
        $hops.Id | Should -Be $alice.Id, $carol.Id
        $hops.Success | Should -Be $true, $true
        $hops[0].RoundTrip | Should -BeOfType ([PnetPS.R2Duration])
        $hops[0].Transport | Should -BeLike 'unix:*'
        "$($hops[1])" | Should -BeLike '2 alice/carol *s'
    }

    It 'ends at the first node that is not there, and says why' {
        $hops = @(Trace-R2Route alice/nobody/carol -Node bob)
        $hops | Should -HaveCount 2
        $hops[1].Success | Should -BeFalse
        $hops[1].Error | Should -BeLike '*nobody*'
    }

    It 'takes peers through the pipeline' {
        (Get-R2Peer alice -Node bob | Trace-R2Route).Name | Should -Be 'alice'
    }

    It 'starts at a daemon' {
        (Trace-R2Route alice -SocketPath "$TestDrive/carol.sock").Id | Should -BeExactly $alice.Id
    }

    It 'refuses what is no path' {
        { Trace-R2Route 'a//b' -Node bob -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.TraceR2RouteCommand'
    }
}

Describe 'Find-R2Route' {
    BeforeAll {
        # bob - alice - carol, as above; nobody has to know anybody.
        $dave = Start-R2Node dave
    }

    It 'finds a node by its <What>' -ForEach @(
        @{ What = 'name'; Target = { 'carol' } }
        @{ What = 'id'; Target = { $carol.Id } }
        @{ What = 'object'; Target = { $carol } }
        @{ What = 'peer object'; Target = { Get-R2Peer carol -Node alice } }
        @{ What = 'path'; Target = { 'alice/carol' } }
    ) {
        $route = Find-R2Route (& $Target) -From bob
        $route.Success | Should -BeTrue
        $route.Hops.Name | Should -Be alice, carol
        $route.Node | Should -Be $bob
        "$route" | Should -Match '^bob -> alice \S+ ms -> carol \S+ ms$'
        $route.RoundTrip | Should -Be $route.Hops[1].RoundTrip
    }

    It 'gives an address that others take' {
        Find-R2Route carol -From bob | Test-R2Peer -Count 1 | ForEach-Object Success | Should -BeTrue
    }

    It 'takes targets through the pipeline' {
        ($alice, $carol | Find-R2Route -From bob).Success | Should -Be $true, $true
    }

    It 'is at its end where it starts' {
        $route = Find-R2Route bob -From bob
        $route.Hops | Should -BeNullOrEmpty
        "$route" | Should -Be bob
    }

    It 'says among whom it looked' {
        $route = Find-R2Route nobody -From bob
        $route.Success | Should -BeFalse
        $route.RoundTrip | Should -Be ([PnetPS.R2Duration]::Never)
        "$route" | Should -Be 'bob -> nobody: unreachable: no path to nobody among alice, carol'
        "$(Find-R2Route bob -From $dave)" | Should -Be 'dave -> bob: unreachable: dave has no link that is up'
    }

    It 'says where a path breaks' {
        "$(Find-R2Route alice/nobody/carol -From bob)" | Should -Match '^bob -> alice \S+ ms -> nobody: unreachable: .*nobody'
        "$(Find-R2Route "$($alice.Id)/$($dave.Id)" -From bob)" | Should -Match '^bob -> alice \S+ ms -> dave: unreachable: no link to dave$'
    }

    It 'looks from a daemon' {
        (Find-R2Route bob -SocketPath "$TestDrive/carol.sock").Hops.Name | Should -Be alice, bob
    }

    It 'refuses <Target>' -ForEach @(@{ Target = 'a//b'; Id = 'InvalidInput' }, @{ Target = 'carol'; From = 'nowhere'; Id = 'NotFound' }) {
        { Find-R2Route $Target -From ($From ?? 'bob') -ErrorAction Stop } | Should -Throw -ErrorId "$Id,PnetPS.Commands.FindR2RouteCommand"
    }
}
