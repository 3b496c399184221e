#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # carol - alice - bob; alice's manager socket makes her a daemon for those who ask there.
    $bob = Start-R2Node bob
    $alice = Start-R2Node alice -Listen "unix://$TestDrive/alice" -SocketPath "$TestDrive/alice.sock" -TunnelProcess 'cat' -Allow $bob
    $carol = Start-R2Node carol -Allow $bob -TunnelProcess 'cat'
    $null = Connect-R2Node "unix://$TestDrive/alice" -Node bob -NodeId $alice
    $null = Connect-R2Node "unix://$TestDrive/alice" -Node carol -NodeId $alice
    $null = Register-R2Service shout 'tr a-z A-Z' -Node alice

    function Complete([string] $Line) { (TabExpansion2 $Line).CompletionMatches.CompletionText }
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Where a node is meant' {
    It 'any of its forms is taken: <form>' -ForEach @(
        @{ Form = 'a name'; Value = { 'alice' } }
        @{ Form = 'an id'; Value = { $alice.Id } }
        @{ Form = 'the start of an id'; Value = { $alice.Id.Substring(0, 8) } }
        @{ Form = 'a node'; Value = { $alice } }
        @{ Form = 'a peer'; Value = { Get-R2Peer alice -Node bob } }
    ) {
        $given = & $Value
        # The node to ask, the node to reach, the node to be known.
        (Get-R2Listener -Node $given).Endpoint | Should -Be "unix://$TestDrive/alice"
        (Test-R2Peer $given -Node bob -Count 1).Id | Should -BeExactly $alice.Id
        (Get-R2Service -Node bob -Target $given).Name | Should -Contain 'shout'
        if ($Form -ne 'the start of an id') {
            (Grant-R2Access $given -Node carol).Id | Should -BeExactly $alice.Id
            $frank = Start-R2Node frank
            (Connect-R2Node "unix://$TestDrive/alice" -NodeId $given -Node frank).Id | Should -BeExactly $alice.Id
            Stop-R2Node frank
            (Register-R2Service for-one 'cat' -Allow $given -Node carol).Allow | Should -BeExactly $alice.Id
            Unregister-R2Service for-one -Node carol
        }
    }

    It 'has parameters that take them all' {
        $forms = 'R2Node', 'R2Peer', 'String'
        # The address of content is a hash.
        foreach ($command in (Get-Module PnetPS).ExportedCmdlets.Values | Where-Object Noun -NE R2Content) {
            foreach ($parameter in $command.Parameters.Values | Where-Object { $_.Name -in 'Node', 'Address', 'Target', 'NodeId' }) {
                $type = $parameter.ParameterType.HasElementType ? $parameter.ParameterType.GetElementType() : $parameter.ParameterType
                if ($type -eq [object] -or $parameter.Attributes.Where{ $_ -is [Parameter] -and $_.DontShow }) { continue }
                $taken = $type.GetConstructors() | ForEach-Object { $_.GetParameters().ParameterType.Name }
                $forms | Where-Object { $_ -notin $taken } | Should -BeNullOrEmpty -Because "$($command.Name) -$($parameter.Name) should take them"
            }
        }
    }

    It 'a peer that is somebody else''s node can''t be asked, nor one of two names be guessed' {
        $script = "Import-Module '$repository/output/PnetPS'; `$null = Start-R2Node carol; `$null = Connect-R2Node 'unix://$TestDrive/alice' -Node carol; `$null = [Console]::In.ReadLine()"
        $start = [System.Diagnostics.ProcessStartInfo]::new([System.Environment]::ProcessPath, [string[]] ('-NoProfile', '-NonInteractive', '-Command', $script))
        $start.RedirectStandardInput = $true
        $process = [System.Diagnostics.Process]::Start($start)
        try {
            Wait-Condition -What 'the link' { @(Get-R2Peer carol -Node alice).Count -eq 2 }
            $far = Get-R2Peer carol -Node alice | Where-Object Id -NE $carol.Id
            $failure = try { Get-R2Listener -Node $far -ErrorAction Stop } catch { $_ }
            $failure.FullyQualifiedErrorId | Should -BeLike 'PeerRefused,*'
            "$failure" | Should -Be 'carol is a peer of alice, and no node of this process'
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-Target*'

            # Two nodes call themselves so: neither is taken for the other, and both are listed.
            $failure = try { Test-R2Peer carol -Node alice -Count 1 -ErrorAction Stop } catch { $_ }
            "$failure" | Should -BeLike "*carol*$($carol.Id.Substring(0, 8))*"
            "$failure" | Should -BeLike "*carol*$($far.Id.Substring(0, 8))*"
        }
        finally {
            $process.StandardInput.Close()
            $process.WaitForExit(60000) | Should -BeTrue
        }
    }

    It 'an unknown or ambiguous name lists the candidates' {
        { Start-R2Node ALICE -ErrorAction Stop } | Should -Throw "*a node called 'ALICE' runs*"
        { Get-R2Peer -ErrorAction Stop } | Should -Throw '*nodes run in this process: bob, alice, carol*'
        $failure = try { Get-R2Peer -Node nobody -ErrorAction Stop } catch { $_ }
        $failure.FullyQualifiedErrorId | Should -Be 'NotFound,PnetPS.Commands.GetR2PeerCommand'
        $failure.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failure.ErrorDetails.RecommendedAction | Should -Be 'The nodes are: bob, alice, carol.'
    }

    It 'a peer of a node that has stopped says so' {
        $gone = Start-R2Node gone
        $null = Connect-R2Node "unix://$TestDrive/alice" -Node gone
        $peer = Get-R2Peer -Node gone
        Stop-R2Node gone
        foreach ($command in { $peer | Test-R2Peer -Count 1 }, { $peer | Get-R2Service }, { $peer | New-R2Tunnel -AsStream }, { $peer | Disconnect-R2Node }) {
            $failure = try { $ErrorActionPreference = 'Stop'; & $command } catch { $_ }
            $failure.FullyQualifiedErrorId | Should -BeLike 'NodeClosed,*'
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Start-R2Node*'
        }
    }
}

Describe 'Pipelines of peers' {
    It 'picks peers by their round trip and opens a tunnel to each' {
        $streams = Get-R2Peer -Node bob | Where-Object RoundTrip -lt 5s | New-R2Tunnel -Service shout -AsStream
        $streams | ForEach-Object { Send-Line $_ 'near' } | Should -BeExactly 'NEAR'
        Get-R2Peer -Node bob | Where-Object RoundTrip -lt 0.00001ms | Should -BeNullOrEmpty
    }

    It 'keeps what was not measured out of what is fast' {
        $never = [PnetPS.R2Duration]::Never
        $never -lt '5ms' | Should -BeFalse
        "$never" | Should -Be 'never'
        $never.TotalMilliseconds | Should -BeNullOrEmpty
        [PnetPS.R2Duration] '250ms', [PnetPS.R2Duration] 'never', [PnetPS.R2Duration] 1.5 | Sort-Object | ForEach-Object { "$_" } |
            Should -Be '250ms', '1.5s', 'never'
        { [PnetPS.R2Duration] 'soon' } | Should -Throw "*'soon' is no duration*"
    }

    It 'connects to the hosts of a table by property name' {
        $dave = Start-R2Node dave
        Set-Content "$TestDrive/hosts.csv" "Transport,NodeId`nunix://$TestDrive/alice,$($alice.Id)"
        (Import-Csv "$TestDrive/hosts.csv" | Connect-R2Node -Node dave).Name | Should -Be 'alice'
        $dave | Stop-R2Node
    }

    It 'says what it would disconnect' {
        Get-R2Peer -Node alice | Disconnect-R2Node -WhatIf
        (Get-R2Peer -Node alice).Name | Sort-Object | Should -Be 'bob', 'carol'
    }

    It 'asks the services and the links of peers that are piped in' {
        Get-R2Peer -Node bob | Get-R2Service | ForEach-Object Address | Should -Contain "$($alice.Id)/service:shout"
        (Get-R2Peer -Node bob | Get-R2Peer).Name | Sort-Object | Should -Be 'bob', 'carol'
    }

    It 'pings the peers of a node quietly' {
        Get-R2Node bob | Get-R2Peer | Test-R2Peer -Quiet -Count 1 | Should -BeTrue
    }

    It 'becomes JSON and CSV and comes back' {
        $json = Get-R2Peer -Node bob | ConvertTo-Json | ConvertFrom-Json
        $json.Name | Should -Be 'alice'
        $json.RoundTrip.TotalMilliseconds | Should -BeGreaterThan 0
        Get-R2Peer -Node alice | Export-Csv "$TestDrive/peers.csv"
        $rows = Import-Csv "$TestDrive/peers.csv"
        $rows.Name | Sort-Object | Should -Be 'bob', 'carol'
        $rows | ForEach-Object { [PnetPS.R2Duration] $_.RoundTrip -lt '10s' | Should -BeTrue }
    }
}

Describe 'Completion' {
    It 'offers nodes and peers by name and by id' {
        Complete 'Get-R2Peer -Node al' | Should -Be 'alice'
        Complete "Get-R2Peer -Node $($alice.Id.Substring(0, 6))" | Should -BeExactly $alice.Id
        Complete 'Test-R2Peer -Node bob a' | Should -Be 'alice'
        Complete "Test-R2Peer -Node bob $($alice.Id.Substring(0, 6))" | Should -BeExactly $alice.Id
        Complete 'Connect-R2Node x -NodeId ca' | Should -Be 'carol'
    }

    It 'offers services of a far node' {
        Complete 'New-R2Tunnel -Node bob alice/service:s' | Should -Be 'alice/service:shout'
        Complete 'New-R2Tunnel -Node bob alice -Service s' | Should -Be 'shout'
        Complete 'Unregister-R2Service -Node alice s' | Should -Be 'shout'
    }

    It 'offers endpoints and socket paths' {
        Complete 'Connect-R2Node unix' | Should -Contain "unix://$TestDrive/alice"
        Complete 'New-R2Listener tcp' | Should -Contain 'tcp://'
        Complete 'Get-R2Node -SocketPath ' | Should -Contain "$TestDrive/alice.sock"
        Complete "Get-R2Peer -SocketPath $TestDrive/al" | Should -Contain "$TestDrive/alice.sock"
    }

    It 'offers nothing where nothing answers, and soon' {
        Complete 'Test-R2Peer -SocketPath /nowhere/at-all.sock a' | Where-Object { $_ -eq 'alice' } | Should -BeNullOrEmpty
    }
}

Describe 'Advice' {
    It 'is given in cmdlets, whatever a node says of r2' {
        $translate = ([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'PnetPS.Module' })[0].
            GetType('PnetPS.Advice').GetMethod('ForPowerShell')
        $advice = Get-ChildItem "$repository/src/Pnet" -Recurse -Filter *.cs |
            Select-String '"(?<Text>[^"]*(\br2 |--\w|[ (]-\w[ ).])[^"]*)"' -AllMatches |
            Where-Object { $_.Line -notmatch '^\s*//' } |
            ForEach-Object { $_.Matches } | ForEach-Object { $_.Groups['Text'].Value }
        $advice.Count | Should -BeGreaterThan 5
        foreach ($one in $advice) {
            $translate.Invoke($null, @($one)) | Should -Not -MatchExactly '\br2 |(^|\s)--\w|(?<!ulimit|mkdir)[ (]-\w[ ).]'
        }
    }

    It 'names the cmdlet to use next' {
        $failure = try { New-R2Tunnel alice -Service none -AsStream -Node bob -ErrorAction Stop } catch { $_ }
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Get-R2Service -Target NODE*'
        $failure = try { Remove-R2Tunnel 12345 -Node bob -ErrorAction Stop } catch { $_ }
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Get-R2Tunnel*'
    }
}
