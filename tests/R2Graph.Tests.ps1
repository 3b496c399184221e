#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # alice - bob - carol - dave; erin knows nobody and is linked with carol.
    $alice, $bob, $carol, $dave, $erin = 'alice', 'bob', 'carol', 'dave', 'erin' | ForEach-Object { Start-R2Node $_ -Listen "unix://$TestDrive/$_" }
    $all = $alice, $bob, $carol, $dave
    foreach ($node in $all) { $all | Where-Object Id -NE $node.Id | ForEach-Object { $null = Grant-R2Access $_.Id -Node $node } }
    $null = Register-R2Service ssh cat -Node carol
    foreach ($link in ('alice', 'bob'), ('bob', 'carol'), ('carol', 'dave')) { $null = Connect-R2Node "unix://$TestDrive/$($link[1])" -Node $link[0] }

    function Get-Graph { $input | Export-R2Graph -Format Json @args | ConvertFrom-Json }
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Export-R2Graph' {
    It 'draws the nodes of this process and the links between them' {
        $graph = Get-R2Node | Get-Graph
        $graph.nodes.name | Should -Be 'alice', 'bob', 'carol', 'dave', 'erin'
        $graph.links | Should -HaveCount 3 -Because 'each has two ends, and is one link'
        $graph.links.state | Should -Be 'Up', 'Up', 'Up'
        $graph.links[0].transport | Should -Be "unix://$TestDrive/bob"
        $graph.nodes[2].services | Should -Be 'ssh'
        $graph.nodes[0].endpoints | Should -Be "unix://$TestDrive/alice"
        $graph.title | Should -Be 'Links of 5 nodes'
    }

    It 'draws all nodes of this process where none is given' {
        (Export-R2Graph -Format Json | ConvertFrom-Json).nodes | Should -HaveCount 5
    }

    It 'draws one node with its peers' {
        $graph = 'bob' | Get-Graph
        $graph.nodes.name | Sort-Object | Should -Be 'alice', 'bob', 'carol'
        $graph.nodes.state | Sort-Object | Should -Be 'Asked', 'Seen', 'Seen'
    }

    It 'asks further with -Depth' {
        $graph = $alice | Get-Graph -Depth 2
        $graph.nodes.name | Should -Be 'alice', 'bob', 'carol'
        $graph.nodes.state | Should -Be 'Asked', 'Asked', 'Seen'

        $graph = $alice | Get-Graph -Depth 4
        $graph.nodes.name | Should -Be 'alice', 'bob', 'carol', 'dave'
        ($graph.nodes | Where-Object name -EQ carol).services | Should -Be 'ssh'
    }

    It 'shows no link that its own questions made' {
        $guest = Start-R2Node guest
        $null = Connect-R2Node "unix://$TestDrive/alice" -Node guest
        foreach ($node in $alice, $bob, $carol) { $null = Grant-R2Access $guest.Id -Node $node }
        try {
            $graph = $guest | Get-Graph -Depth 4
            $graph.nodes.name | Should -Contain dave
            Get-R2Peer -Node guest | Where-Object Via | Should -Not -BeNullOrEmpty -Because 'far nodes are asked over links to them'
            $graph.links | Where-Object { $_.via -and $guest.Id -in $_.from, $_.to } | Should -BeNullOrEmpty
        }
        finally {
            foreach ($node in $alice, $bob, $carol) { Revoke-R2Access $guest.Id -Node $node }
            Stop-R2Node guest
        }
    }

    It 'tells who refused' {
        $null = Connect-R2Node "unix://$TestDrive/erin" -Node carol
        try {
            $graph = 'carol' | Export-R2Graph -Format Json -Depth 2 -WarningVariable warnings -WarningAction SilentlyContinue | ConvertFrom-Json
            $warnings | Should -BeLike 'erin did not tell its links: *'
            $silent = $graph.nodes | Where-Object state -EQ Silent
            $silent.name | Should -Be erin
            $silent.note | Should -BeLike '*know*'
        }
        finally {
            Disconnect-R2Node "unix://$TestDrive/erin" -Node carol
        }
    }

    It 'shows what is relayed' {
        $null = Test-R2Peer bob/carol -Node alice -Count 1
        $relayed = (Export-R2Graph -Format Json | ConvertFrom-Json).links | Where-Object via
        $relayed.via | Should -Contain $bob.Id
    }

    It 'draws what a daemon tells' {
        $null = Start-R2Node frank -SocketPath "$TestDrive/frank.sock"
        $graph = Export-R2Graph -Format Json -SocketPath "$TestDrive/frank.sock" | ConvertFrom-Json
        $graph.nodes.name | Should -Be frank
        Stop-R2Node frank
    }

    It 'draws a node that has stopped as one' {
        $gone = Start-R2Node gone
        Stop-R2Node gone
        ($gone | Get-Graph).nodes.state | Should -Be Stopped
    }

    It 'writes <Format> to a file by its extension' -ForEach @(
        @{ Format = 'Mermaid'; File = 'x.mmd'; Like = '*flowchart LR*' }
        @{ Format = 'Dot'; File = 'x.gv'; Like = 'graph "Links of*' }
        @{ Format = 'Json'; File = 'x.json'; Like = '{*' }
        @{ Format = 'Svg'; File = 'x.svg'; Like = '<svg *' }
    ) {
        Export-R2Graph "$TestDrive/$File" | Should -BeNullOrEmpty
        Get-Content "$TestDrive/$File" -Raw | Should -BeLike $Like
        { Export-R2Graph "$TestDrive/$File" -ErrorAction Stop } | Should -Throw -ErrorId 'AlreadyExists,PnetPS.Commands.ExportR2GraphCommand'
        (Export-R2Graph "$TestDrive/$File" -Force -PassThru -Title again).FullName | Should -Be "$TestDrive/$File"
        Get-Content "$TestDrive/$File" -Raw | Should -BeLike '*again*'
        Get-Content "$TestDrive/$File" -Raw | Should -Be (Export-R2Graph -Format $Format -Title again) -Because 'it is one text wherever it goes'
    }

    It 'takes -Format for a file of any name' {
        Export-R2Graph "$TestDrive/README.txt" -Format Mermaid
        Get-Content "$TestDrive/README.txt" -Raw | Should -BeLike '*flowchart*'
    }

    It 'refuses an extension that it does not know' {
        { Export-R2Graph "$TestDrive/x.png" -ErrorAction Stop } | Should -Throw '*not told by its extension*' -ErrorId 'InvalidInput,*'
        "$TestDrive/x.png" | Should -Not -Exist
    }

    It 'tells of a folder that is not there' {
        { Export-R2Graph "$TestDrive/none/x.svg" -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
    }

    It 'writes nothing with -WhatIf' {
        Export-R2Graph "$TestDrive/never.svg" -WhatIf
        "$TestDrive/never.svg" | Should -Not -Exist
    }

    It 'refuses a node that is not there' {
        { Export-R2Graph -Node nobody -ErrorAction Stop } | Should -Throw '*nobody*' -ErrorId 'NotFound,*'
    }

    It 'makes a picture that is XML' {
        $picture = [xml] (Export-R2Graph -Title 'a < b & "c"')
        $picture.svg.title | Should -Be 'a < b & "c"'
    }
}

Describe 'Export-R2Graph of labs and recipes' {
    BeforeAll {
        Set-Content "$TestDrive/net.r2.psd1" "@{ Description = 'A net of three'; Nodes = 'one', 'two', 'three'; Links = 'one - two - three'; Services = @{ Node = 'three'; Name = 'web'; Transport = 'cat' } }"
    }

    AfterAll {
        Get-R2Lab | Remove-R2Lab
    }

    It 'draws a recipe, and starts nothing' {
        $graph = Export-R2Graph -Recipe "$TestDrive/net.r2.psd1" -Format Json | ConvertFrom-Json
        $graph.title | Should -Be 'A net of three'
        $graph.nodes.name | Should -Be one, two, three
        $graph.nodes[2].services | Should -Be web
        $graph.links | ForEach-Object { "$($_.from)-$($_.to)" } | Should -Be one-two, two-three
        Get-R2Lab | Should -BeNullOrEmpty
    }

    It 'tells all that is wrong with a recipe' {
        Set-Content "$TestDrive/bad.r2.psd1" "@{ Nodes = 'one'; Links = 'one - zwei', 'one - drei' }"
        { Export-R2Graph -Recipe "$TestDrive/bad.r2.psd1" -ErrorAction Stop } | Should -Throw '*zwei*drei*'
    }

    It 'draws a lab, with links that are cut' {
        $lab = New-R2Lab "$TestDrive/net.r2.psd1"
        ($lab | Export-R2Graph -Format Json | ConvertFrom-Json).links.state | Should -Be Up, Up
        Suspend-R2LabLink two three -Lab $lab
        $graph = Export-R2Graph -Lab $lab.Name -Format Json | ConvertFrom-Json
        $graph.nodes.name | Should -Be one, two, three
        $graph.links.state | Should -Be Up, Suspended
        $graph.links[1].from | Should -Be $lab['two'].Id
    }

    It 'refuses a lab that is not there' {
        { Export-R2Graph -Lab nowhere -ErrorAction Stop } | Should -Throw '*nowhere*' -ErrorId 'NotFound,*'
    }

    It 'refuses two labs in one picture' {
        $lab = Get-R2Lab
        { $lab, $lab | Export-R2Graph -ErrorAction Stop } | Should -Throw '*one lab*'
    }
}
