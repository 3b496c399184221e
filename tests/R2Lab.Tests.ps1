#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeDiscovery {
    $program = Get-ChildItem "$PSScriptRoot/../src/Pnet.Cli/bin/*/net10.0/r2d" -ErrorAction Ignore | Sort-Object LastWriteTime | Select-Object -Last 1
    $noSpaces = -not ($IsLinux -and (id -u) -eq 0 -and (Get-Command ip -ErrorAction Ignore) -and $(
            $null = ip netns add "r2-probe-$PID" 2>&1
            if ($LASTEXITCODE -eq 0) { ip netns delete "r2-probe-$PID"; $true }))
    $kinds = @(
        @{ Isolation = 'None'; Skip = $false }
        @{ Isolation = 'Process'; Skip = -not $program }
        @{ Isolation = 'Namespace'; Skip = -not $program -or $noSpaces }
    )
    if ($noSpaces) { Write-Host 'There are no network namespaces for this user: -Isolation Namespace is not tested.' }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    $r2d = (Get-ChildItem "$repository/src/Pnet.Cli/bin/*/net10.0/r2d" -ErrorAction Ignore | Sort-Object LastWriteTime | Select-Object -Last 1).FullName
    $line = @{ Name = 'line'; Nodes = 'alice', 'bob', 'carol'; Links = 'alice - bob - carol' }

    # All that labs of this process can leave behind, counted.
    function Get-Trace {
        @(Get-Child | ForEach-Object { "process $_" }) +
        @(Get-ChildItem ([System.IO.Path]::GetTempPath()) -Filter "r2-lab-$PID-*" | ForEach-Object { "folder $_" }) +
        @(if (Get-Command ip -ErrorAction Ignore) { ip netns list | Where-Object { $_ -like "r2-lab-$PID-*" } | ForEach-Object { "namespace $_" } }) +
        @(if (Get-Command ip -ErrorAction Ignore) { ip -br link | Where-Object { $_ -like 'r2-*' } | ForEach-Object { "device $_" } }) +
        @(Get-R2Node | ForEach-Object { "node $_" }) +
        @(Get-R2Lab | ForEach-Object { "lab $_" }) -ne $null
    }

    function Test-Reach {
        param($From, $To)
        Test-R2Peer $To -Node $From -Count 1 -Timeout 60s -Quiet -ErrorAction SilentlyContinue
    }
}

Describe 'A lab with -Isolation <Isolation>' -ForEach $kinds {
    BeforeAll {
        $with = @{ Isolation = $Isolation }
        if ($Isolation -ne 'None') { $with.DaemonPath = $r2d }
        $before = Get-Trace
    }

    AfterEach {
        Get-R2Lab | Remove-R2Lab
        Get-Trace | Should -Be $before
    }

    It 'is what the recipe says' -Skip:$Skip {
        Set-Content "$TestDrive/sites.r2.psd1" @'
@{
    Variables = @{ Greeting = 'hello' }
    Nodes     = @{
        alice = @{}
        bob   = @{ TunnelProcess = 'cat' }
        carol = @{ Services = @{ greet = 'echo {var:Greeting}'; loud = { process { $_.ToUpper() } } }; Listen = 'tcp://127.0.0.1:{port:carol}', 'unix://{path:carol}' }
    }
    Links     = 'alice - bob', 'bob - carol'
}
'@
        $lab = New-R2Lab "$TestDrive/sites.r2.psd1" @with -Variable @{ greeting = 'good day' }
        $lab.Name | Should -Be 'sites'
        "$lab" | Should -Be 'sites'
        $lab.State | Should -Be Running
        $lab.Isolation | Should -Be $Isolation
        [string[]] $lab.Nodes.Keys | Should -Be 'alice', 'bob', 'carol'
        $lab.Nodes.alice | Should -BeOfType PnetPS.R2Node
        $lab['Carol'].Name | Should -Be 'carol'
        $lab['nobody'] | Should -BeNullOrEmpty
        "$($lab.Links)" | Should -Be 'alice - bob bob - carol'
        $lab.Links.State | Should -Be Up, Up
        $lab.Ports.carol | Should -BeGreaterThan 0
        $lab.Paths.carol | Should -Exist
        $lab.Paths.carol | Should -BeLike "$($lab.Folder)/*"
        $lab.Recipe.Path | Should -Be "$TestDrive/sites.r2.psd1"

        Get-R2Node | ForEach-Object Name | Sort-Object | Should -Be 'alice', 'bob', 'carol'
        $lab.Nodes.bob.InProcess | Should -Be ($Isolation -eq 'None')
        Test-Reach alice bob/carol | Should -BeTrue
        (Get-R2Service -Node carol | Sort-Object Name).Name | Should -Be 'greet', 'loud'
        [System.IO.StreamReader]::new((New-R2Tunnel bob/carol/service:greet -AsStream -Node alice)).ReadToEnd().Trim() | Should -Be 'good day'
        Send-Line (New-R2Tunnel bob/carol/service:loud -AsStream -Node alice) 'quiet' | Should -Be 'QUIET'
        Send-Line (New-R2Tunnel bob -AsStream -Node alice) 'echo' | Should -Be 'echo'
    }

    It 'cuts a link and heals it' -Skip:$Skip {
        $lab = New-R2Lab $line @with
        Suspend-R2LabLink bob alice
        (Get-R2LabLink alice bob).State | Should -Be Suspended
        (Get-R2LabLink bob carol).State | Should -Be Up
        if ($Isolation -ne 'Namespace') {
            Get-R2Peer -Node alice | Where-Object { -not $_.Via } | Should -BeNullOrEmpty
            (Get-R2Peer -Node bob | Where-Object { -not $_.Via }).Name | Should -Be carol
        }
        Test-Reach alice $lab.Nodes.bob.Id | Should -BeFalse
        Test-Reach bob carol | Should -BeTrue
        # It stays cut when the lab is built again.
        (New-R2Lab $line @with).Links.State | Should -Be Suspended, Up

        $healed = Get-R2LabLink alice bob | Resume-R2LabLink -PassThru
        $healed.State | Should -Be Up
        Test-Reach alice bob/carol | Should -BeTrue
    }

    It 'is left as it is when it is built again' -Skip:$Skip {
        $lab = New-R2Lab $line @with
        $started = Get-R2Node | ForEach-Object { "$($_.Name) $($_.Id) $($_.StartedAt.Ticks)" }
        $links = Get-R2Node | Get-R2Peer | ForEach-Object { "$($_.Node) $($_.Link) $($_.ConnectedAt.Ticks)" }
        $again = New-R2Lab $line @with
        [object]::ReferenceEquals($lab, $again) | Should -BeTrue
        Get-R2Node | ForEach-Object { "$($_.Name) $($_.Id) $($_.StartedAt.Ticks)" } | Should -Be $started
        Get-R2Node | Get-R2Peer | ForEach-Object { "$($_.Node) $($_.Link) $($_.ConnectedAt.Ticks)" } | Should -Be $links
    }

    It 'gets back what it has lost when it is built again' -Skip:$Skip {
        $lab = New-R2Lab @{ Name = 'line'; Nodes = @{ alice = @{}; bob = @{ TunnelProcess = 'cat' }; carol = @{} }; Links = 'alice - bob - carol' } @with
        $id = $lab.Nodes.bob.Id
        Stop-R2Node bob
        Wait-Condition -What 'the node to end' { $lab.Nodes.bob.State -eq 'Stopped' }
        Wait-Condition -What 'the links to end' { (Get-R2LabLink).State -notcontains 'Up' }
        (Get-R2Lab line).Nodes.alice.State | Should -Be Running

        $lab = New-R2Lab @{ Name = 'line'; Nodes = @{ alice = @{}; bob = @{ TunnelProcess = 'cat' }; carol = @{} }; Links = 'alice - bob - carol' } @with
        $lab.Nodes.bob.Id | Should -BeExactly $id
        $lab.Links.State | Should -Be Up, Up
        Test-Reach alice bob/carol | Should -BeTrue
        Send-Line (New-R2Tunnel bob -AsStream -Node carol) 'echo' | Should -Be 'echo'
    }

    It 'becomes what a changed recipe says' -Skip:$Skip {
        $lab = New-R2Lab $line @with
        $alice = $lab.Nodes.alice.StartedAt
        $changed = @{
            Name     = 'line'
            Nodes    = @{ alice = @{}; bob = @{ NoRelay = $true }; dave = @{} }
            Links    = 'alice - bob', 'alice - dave'
            Services = @{ Node = 'alice'; Name = 'echo'; Transport = 'cat' }
        }
        $lab = New-R2Lab $changed @with
        [string[]] $lab.Nodes.Keys | Should -Be 'alice', 'bob', 'dave'
        "$($lab.Links)" | Should -Be 'alice - bob alice - dave'
        $lab.Nodes.alice.StartedAt | Should -Be $alice
        $lab.Nodes.bob.Relay | Should -BeFalse
        Send-Line (New-R2Tunnel alice/service:echo -AsStream -Node dave) 'hi' | Should -Be 'hi'
        Get-R2Node | Should -HaveCount 3
    }

    It 'leaves nothing after a failure half way' -Skip:$Skip {
        $recipe = @{
            Nodes = 'alice', 'bob', 'carol'
            Links = 'alice - bob', @{ From = 'bob'; To = 'carol'; Transport = 'unix://{path:nowhere}' }
        }
        $failure = { New-R2Lab $recipe @with -ErrorAction Stop } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -Be 'PeerUnreachable,PnetPS.Commands.NewR2LabCommand'
        $failure.Exception.Message | Should -BeLike 'the link bob - carol does not come up: *nowhere*'
        Get-Trace | Should -Be $before
    }

    It 'keeps what was there when a change of it fails' -Skip:$Skip {
        $lab = New-R2Lab $line @with
        $recipe = @{
            Name  = 'line'
            Nodes = 'alice', 'bob', 'carol', 'dave'
            Links = 'alice - bob - carol', @{ From = 'dave'; To = 'carol'; Transport = 'unix://{path:nowhere}' }
        }
        { New-R2Lab $recipe @with -ErrorAction Stop } | Should -Throw '*dave - carol*'
        $lab = Get-R2Lab line
        [string[]] $lab.Nodes.Keys | Should -Be 'alice', 'bob', 'carol'
        $lab.Links.State | Should -Be Up, Up
        $lab.State | Should -Be Running
    }

    It 'leaves nothing when Ctrl+C comes in the middle' -Skip:$Skip {
        $shell = Start-Shell @"
'building'
New-R2Lab @{
    Nodes = 'alice', 'bob', 'carol'
    Links = 'alice - bob', @{ From = 'bob'; To = 'carol'; Transport = 'sleep 1000' }
} -Isolation $Isolation $(if ($Isolation -ne 'None') { "-DaemonPath '$r2d'" })
"@
        Wait-Condition -What 'the link that never comes up' {
            Get-R2Lab | Get-R2LabLink | Where-Object { "$_" -eq 'alice - bob' -and $_.State -eq 'Up' }
        }
        Stop-Shell $shell
        Wait-Condition -What 'all of it to be gone' { "$(Get-Trace)" -eq "$before" }
    }

    It 'says what took too long' -Skip:$Skip {
        $recipe = @{ Nodes = 'alice', 'bob'; Links = @{ From = 'alice'; To = 'bob'; Transport = 'sleep 1000' } }
        $failure = { New-R2Lab $recipe @with -Timeout 2s -ErrorAction Stop } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -Be 'TimedOut,PnetPS.Commands.NewR2LabCommand'
    }
}

Describe 'Labs of daemons' -Skip:(-not $program) {
    BeforeAll {
        $before = Get-Trace
    }

    AfterEach {
        Get-R2Lab | Remove-R2Lab
        Get-Trace | Should -Be $before
    }

    It 'end with a PowerShell that is killed' {
        $script = "Import-Module '$repository/output/PnetPS'; `$lab = New-R2Lab @{ Nodes = 'a', 'b'; Links = 'a - b' } -Isolation Process -DaemonPath '$r2d'; `$lab.Folder; [Console]::In.ReadLine()"
        $start = [System.Diagnostics.ProcessStartInfo]::new([System.Environment]::ProcessPath, [string[]] ('-NoProfile', '-c', $script))
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $folder = $process.StandardOutput.ReadLine()
        $folder | Should -Exist
        function Get-Daemon { Get-ChildItem /proc | Where-Object { $_.Name -match '^\d+$' -and (Get-Content "$_/cmdline" -Raw -ErrorAction Ignore) -like "*$folder*" } }
        Get-Daemon | Should -HaveCount 2
        $process.Kill()
        $process.WaitForExit()
        Wait-Condition -What 'the daemons to end' { -not (Get-Daemon) }
        Remove-Item $folder -Recurse -Force
    }

    It 'end with the module' {
        $shell = Start-Shell "`$lab = New-R2Lab @{ Name = 'other'; Nodes = 'a', 'b' } -Isolation Process -DaemonPath '$r2d'; Remove-Module PnetPS; 'removed'"
        Wait-Condition -What 'the module to be removed' { $shell.Output -contains 'removed' }
        Wait-Condition -What 'all of it to be gone' { "$(Get-Trace)" -eq "$before" }
        Stop-Shell $shell
    }

    It 'tell what a daemon said that does not run' {
        $failure = { New-R2Lab @{ Nodes = @{ alice = @{ Listen = 'unix:///no/such/folder/x' } } } -Isolation Process -DaemonPath $r2d -ErrorAction Stop } | Should -Throw -PassThru
        $failure.Exception.Message | Should -BeLike 'the daemon of node alice does not run: *no/such/folder*'
        Get-R2Lab | Should -BeNullOrEmpty
    }

    It 'say where the daemon was looked for' {
        $failure = { New-R2Lab $line -Isolation Process -DaemonPath "$TestDrive/none" -ErrorAction Stop } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -Be 'NotFound,PnetPS.Commands.NewR2LabCommand'
        $path = $env:PATH
        try {
            $env:PATH = "$TestDrive"
            $failure = { New-R2Lab $line -Isolation Process -ErrorAction Stop } | Should -Throw -PassThru
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-DaemonPath*'
            $env:PATH = "$TestDrive$([System.IO.Path]::PathSeparator)$(Split-Path $r2d)"
            (New-R2Lab $line -Isolation Process).State | Should -Be Running
        }
        finally {
            $env:PATH = $path
        }
    }

    It 'do not become labs of another kind' {
        $null = New-R2Lab $line
        $failure = { New-R2Lab $line -Isolation Process -DaemonPath $r2d -ErrorAction Stop } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -Be 'AlreadyExists,PnetPS.Commands.NewR2LabCommand'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Remove-R2Lab line*'
    }
}

Describe 'Labs of this process' {
    AfterEach {
        Get-R2Lab | Remove-R2Lab
        Get-R2Node | Stop-R2Node
    }

    It 'has twenty nodes in a ring as soon as it is written' {
        $lab = New-R2Lab @{ Topology = @{ Type = 'Ring'; Count = 20 } }
        $lab.Nodes.Count | Should -Be 20
        $lab.Links.State | Should -Be (@('Up') * 20)
        (Get-R2Node | Measure-Object Peers -Sum).Sum | Should -Be 40
    }

    It 'lets nodes know each other as Trust says: <Trust>' -ForEach @(
        @{ Trust = 'All'; Near = $true; Far = $true }
        @{ Trust = 'Neighbours'; Near = $true; Far = $false }
        @{ Trust = 'None'; Near = $false; Far = $false }
    ) {
        $null = New-R2Lab ($line + @{ Trust = $Trust; Services = @{ Node = 'alice'; Name = 'echo'; Transport = 'cat' } })
        $reach = { param($Node, $Address) try { Send-Line (New-R2Tunnel $Address -AsStream -Node $Node -ErrorAction Stop) 'x' } catch { } }
        [bool] (& $reach bob alice/service:echo) | Should -Be $Near
        [bool] (& $reach carol bob/alice/service:echo) | Should -Be $Far
    }

    It 'lets nodes forget each other when a changed recipe says so' {
        $service = @{ Node = 'alice'; Name = 'echo'; Transport = 'cat' }
        $null = New-R2Lab ($line + @{ Services = $service })
        Send-Line (New-R2Tunnel alice/service:echo -AsStream -Node bob) 'x' | Should -Be 'x'
        $null = New-R2Lab ($line + @{ Services = $service; Trust = 'None' })
        { New-R2Tunnel alice/service:echo -AsStream -Node bob -ErrorAction Stop } | Should -Throw
        Get-R2Access -Node alice | Should -BeNullOrEmpty
    }

    It 'is built once, whoever else builds it meanwhile' {
        $shells = foreach ($i in 1..4) { Start-Shell "New-R2Lab @{ Name = 'shared'; Topology = @{ Type = 'Ring'; Count = 8 } }" }
        foreach ($shell in $shells) { Wait-Condition -What 'the lab' { $shell.Output.Count -eq 1 } }
        $shells.Output.State | Should -Be Running, Running, Running, Running
        Get-R2Node | Should -HaveCount 8
        Get-R2Lab | Should -HaveCount 1
        $shells | ForEach-Object { Stop-Shell $_ }
    }

    It 'has a service open to those that Allow names' {
        $lab = New-R2Lab ($line + @{ Trust = 'None'; Services = @{ Node = 'alice'; Name = 'echo'; Transport = 'cat'; Allow = 'carol' } })
        { New-R2Tunnel alice/service:echo -AsStream -Node bob -ErrorAction Stop } | Should -Throw
        # bob, who does not know carol, leads her on and tells her no names.
        Send-Line (New-R2Tunnel "bob/$($lab.Nodes.alice.Id)/service:echo" -AsStream -Node carol) 'x' | Should -Be 'x'
    }

    It 'keeps the nodes of two labs apart by the names of the labs' {
        $one = New-R2Lab $line -Name one
        $two = New-R2Lab $line -Name two
        (Get-R2Lab).Name | Should -Be 'one', 'two'
        Get-R2Node | Should -HaveCount 6
        (Get-R2Node one/alice).Id | Should -BeExactly $one.Nodes.alice.Id
        Test-Reach two/alice bob/carol | Should -BeTrue
        $failure = { Get-R2Peer -Node alice -ErrorAction Stop } | Should -Throw -PassThru
        $failure.Exception.Message | Should -BeLike '*one/alice, two/alice*'
        { Grant-R2Access alice -Node one/bob -ErrorAction Stop } | Should -Throw '*one/alice, two/alice*'
        (Get-R2Node 'two/*').Id | Sort-Object | Should -Be ($two.Nodes.Values.Id | Sort-Object)
        (TabExpansion2 'Get-R2Peer -Node one/a').CompletionMatches.CompletionText | Should -Be 'one/alice'
        $two | Remove-R2Lab
        (Get-R2Node alice).Id | Should -BeExactly $one.Nodes.alice.Id
        $two.State | Should -Be Removed
        { Suspend-R2LabLink alice bob -Lab $two -ErrorAction Stop } | Should -Throw
    }

    It 'says that a link leads to another node' {
        $failure = {
            New-R2Lab @{ Nodes = @{ a = @{}; b = @{}; c = @{ Listen = 'unix://{path:c}' } }; Links = @{ From = 'a'; To = 'b'; Transport = 'unix://{path:c}' } } -ErrorAction Stop
        } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -Be 'IdentityMismatch,PnetPS.Commands.NewR2LabCommand'
    }

    It 'does nothing with -WhatIf' {
        New-R2Lab $line -WhatIf | Should -BeNullOrEmpty
        Get-R2Lab | Should -BeNullOrEmpty
        $lab = New-R2Lab $line
        Suspend-R2LabLink alice bob -WhatIf
        Remove-R2Lab line -WhatIf
        (Get-R2Lab line).Links.State | Should -Be Up, Up
    }

    It 'says what is wrong with <Case>' -ForEach @(
        @{ Case = 'a lab'; Do = { Get-R2Lab nothing -ErrorAction Stop }; Id = 'NotFound'; Text = "*'nothing'*" }
        @{ Case = 'a lab to remove'; Do = { Remove-R2Lab nothing -ErrorAction Stop }; Id = 'NotFound'; Text = "*'nothing'*" }
        @{ Case = 'a node'; Do = { Get-R2LabLink nobody -ErrorAction Stop }; Id = 'NotFound'; Text = "*'nobody'*" }
        @{ Case = 'a link'; Do = { Suspend-R2LabLink alice carol -ErrorAction Stop }; Id = 'NotFound'; Text = '*alice and carol*' }
    ) {
        $null = New-R2Lab $line
        $failure = $Do | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,PnetPS.Commands.*"
        $failure.Exception.Message | Should -BeLike $Text
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'wants to know which of several labs is meant' {
        $null = New-R2Lab $line -Name one
        $null = New-R2Lab $line -Name two
        { Get-R2LabLink -ErrorAction Stop } | Should -Throw '*one, two*'
        Get-R2LabLink -Lab two | Should -HaveCount 2
        Get-R2Lab | Get-R2LabLink | Should -HaveCount 4
    }

    It 'is shown in less than 100 columns' {
        $lab = New-R2Lab $line
        $tables = @($lab | Format-Table | Out-String -Width 99 -Stream) + @($lab.Links | Format-Table | Out-String -Width 99 -Stream)
        "$tables" | Should -BeLike '*line*Running*None*3/3*2/2*alice*bob*Up*'
        "$($lab | Format-List | Out-String)" | Should -BeLike '*alice - bob, bob - carol*'
    }

    It 'completes labs and the nodes at the ends of links' {
        $null = New-R2Lab $line
        (TabExpansion2 'Remove-R2Lab l').CompletionMatches.CompletionText | Should -Be 'line'
        (TabExpansion2 'Suspend-R2LabLink ').CompletionMatches.CompletionText | Should -Be 'alice', 'bob', 'carol'
        (TabExpansion2 'Suspend-R2LabLink alice ').CompletionMatches.CompletionText | Should -Be 'bob'
    }

    It 'tells of progress step by step' {
        $shell = Start-Shell "New-R2Lab @{ Nodes = 'a', 'b'; Links = @{ From = 'a'; To = 'b'; Transport = 'sleep 1000' } }"
        Wait-Condition -What 'progress' { $shell.Shell.Streams.Progress.StatusDescription -contains 'linking 1 of 1' }
        $shell.Shell.Streams.Progress[0].Activity | Should -Be 'Building lab lab'
        Stop-Shell $shell
        Wait-Condition -What 'it to be gone' { -not (Get-R2Lab) }
    }
}
