#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    Import-Module PnetPS
    $lab = New-R2Lab "$PSScriptRoot/ring.r2.psd1"
}

AfterAll {
    $lab | Remove-R2Lab
}

Describe 'A ring of twenty' {
    It 'gives each node two neighbours' {
        foreach ($node in $lab.Nodes.Values) {
            @(Get-R2Peer -Node $node | Where-Object { -not $_.Via }) | Should -HaveCount 2 -Because "$node is in a ring"
        }

        $lab['n1'] | Should -HaveR2Peer n2
        $lab['n1'] | Should -HaveR2Peer n20
    }

    It 'has no node more than half way round' {
        (Find-R2Route n4 -From $lab['n1']).Hops.Name | Should -Be 'n2', 'n3', 'n4'
        (Find-R2Route n18 -From $lab['n1']).Hops.Name | Should -Be 'n20', 'n19', 'n18'
        (Find-R2Route n11 -From $lab['n1']).Hops | Should -HaveCount 10
    }

    It 'goes the other way round when a link is cut' {
        Suspend-R2LabLink n3 n4 -Lab $lab
        $lab['n8'] | Should -BeR2Reachable -From $lab['n1'] -Within 10s -Because 'a ring survives a cut'
        (Find-R2Route n8 -From $lab['n1']).Hops[0].Name | Should -Be 'n20'
    }

    It 'falls apart when a second one is, and only there' {
        Suspend-R2LabLink n15 n16 -Lab $lab
        $lab['n8'] | Should -Not -BeR2Reachable -From $lab['n1'] -Within 10s
        $lab['n3'] | Should -BeR2Reachable -From $lab['n16']
        $lab['n4'] | Should -BeR2Reachable -From $lab['n15']
    }

    It 'is whole again when both are healed' {
        Get-R2LabLink -Lab $lab | Where-Object State -EQ Suspended | Resume-R2LabLink
        $lab['n8'] | Should -BeR2Reachable -From $lab['n1'] -Within 10s
        (Find-R2Route n8 -From $lab['n1']).Hops | Should -HaveCount 7
    }
}
