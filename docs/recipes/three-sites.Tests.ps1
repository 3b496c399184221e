#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    Import-Module PnetPS
    $lab = New-R2Lab "$PSScriptRoot/three-sites.r2.psd1"
}

AfterAll {
    $lab | Remove-R2Lab
}

Describe 'Two sites that meet at a router' {
    It 'leaves the sites no link of their own' {
        $lab['paris'] | Should -HaveR2Peer $lab['router']
        $lab['tokyo'] | Should -HaveR2Peer $lab['router']
        $lab['paris'] | Should -Not -HaveR2Peer $lab['tokyo'] -Because 'a firewall is between them'
    }

    It 'brings each site to the other, through the router' {
        $lab['tokyo'] | Should -BeR2Reachable -From $lab['paris']
        $lab['paris'] | Should -BeR2Reachable -From $lab['tokyo']
        (Find-R2Route tokyo -From $lab['paris']).Hops.Name | Should -Be 'router', 'tokyo'
    }

    It 'offers each site what the other has' {
        $lab['tokyo'] | Should -ServeR2Service clock -From $lab['paris']
        $lab['paris'] | Should -ServeR2Service digest -From $lab['tokyo']

        $stream = Find-R2Route tokyo -From $lab['paris'] | New-R2Tunnel -Service clock -AsStream
        [System.IO.StreamReader]::new($stream).ReadToEnd() | Should -Match '^\d\d:\d\d\s*$'
    }

    It 'offers the router nothing' {
        $lab['tokyo'] | Should -Not -ServeR2Service clock -From $lab['router']
    }

    It 'parts the sites when one loses the router, and brings them together again' {
        Suspend-R2LabLink tokyo router -Lab $lab
        $lab['tokyo'] | Should -Not -BeR2Reachable -From $lab['paris'] -Within 10s

        Resume-R2LabLink tokyo router -Lab $lab
        $lab['tokyo'] | Should -BeR2Reachable -From $lab['paris'] -Within 10s
    }
}
