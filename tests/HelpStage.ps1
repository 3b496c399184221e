# The stage that Help.Tests.ps1 runs examples on, and how it looks at what they put out. See the head of that file.

# Keys that everyone knows, so that what the pages show has the ids of the nodes on the stage.
$stageKeys = [ordered] @{
    alice = 'H8P66zxK5Mwb6co8iN1uoowr5iqzCGJP1FGbugW6meHi'
    bob = '76ruCHkiKGHjHXWW6XrGTfoWKpAHNJm3a9ksLV4DoDgm'
    carol = 'HMcQSLchCNj44b6GojKnfCNA99zBFEoHy8oF8ZEEuxTD'
    dave = 'BtWqzEb32U9rT7QhUDEkM26hvQBZmqzsrjNdXggfJ2Pm'
}

# Where the pages say that their reader is, and the address that hosts in them stand for.
$shownFolder = '/home/me/net'
$shownHost = '\b(\w+\.)+example\b'

# Builds the stage, in the session that the example is run in.
$setStage = {
    param($Module, $Folder, $Keys, $Port, $Daemon)

    $ErrorActionPreference = 'Stop'
    [cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture
    Import-Module $Module
    Set-Location $Folder
    [System.Environment]::CurrentDirectory = $Folder
    foreach ($key in $Keys.GetEnumerator()) {
        [System.IO.File]::WriteAllText("$Folder/$($key.Key).key", "x25519-private:$($key.Value)`n")
        [System.IO.File]::SetUnixFileMode("$Folder/$($key.Key).key", 'UserRead, UserWrite')
    }
    $id = @{}
    foreach ($name in $Keys.Keys) { $id[$name] = (Get-R2Identity "$name.key").Id }
    $known = @($id.Values)

    $null = Start-R2Node alice -KeyPath alice.key -Allow $known
    $null = Start-R2Node bob -KeyPath bob.key -Listen "tcp://127.0.0.1:$Port", "unix://$Folder/bob.link" -Allow $known -TunnelProcess cat
    $null = Start-R2Node carol -KeyPath carol.key -Listen "unix://$Folder/carol.link" -Allow $known -TunnelProcess cat
    $null = Register-R2Service echo cat -Node bob
    $null = Register-R2Service time 'date +%F' -Node bob
    $null = Register-R2Service echo cat -Node carol
    $null = Register-R2Service sum sha256sum -Node carol
    $null = Connect-R2Node "tcp://127.0.0.1:$Port" -NodeId $id.bob -Node alice
    $null = Connect-R2Node "unix://$Folder/bob.link" -NodeId $id.bob -Node carol
    if ($Daemon) {
        $null = Connect-R2Node "unix://$Folder/bob.link" -NodeId $id.bob -SocketPath $Daemon
    }
    [System.IO.File]::WriteAllLines("$Folder/hosts.csv", [string[]] @(
        'Name,Transport,NodeId'
        "bob,tcp://127.0.0.1:$Port,$($id.bob)"
        "carol,unix://$Folder/carol.link,$($id.carol)"
    ))

    # The first round trips of links are measured right after they are up.
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    while (Get-R2Node | Get-R2Peer | Where-Object { $null -eq $_.RoundTrip }) {
        if ($watch.Elapsed.TotalSeconds -gt 60) { throw 'the links of the stage have measured nothing in 60 s' }
        [System.Threading.Tasks.Task]::Delay(5).Wait()
    }
    $known
}

# Runs statements as if each was typed: what one puts out is laid out by itself. What is an error has a NUL before it.
$play = {
    param($Code)

    $ErrorActionPreference = 'Continue'
    function Show-Error($Record) { "`0$($Record.InvocationInfo.MyCommand.Name): $($Record.Exception.Message)" }
    foreach ($statement in [scriptblock]::Create($Code).Ast.EndBlock.Statements) {
        # What -WhatIf says goes past the pipeline, to the host; a transcript has it.
        $whatIf = $statement.Extent.Text -match '-WhatIf\b' ? [System.IO.Path]::GetTempFileName() : $null
        if ($whatIf) { $null = Start-Transcript $whatIf -UseMinimalHeader }
        try {
            . ([scriptblock]::Create($statement.Extent.Text)) 2>&1 3>&1 6>&1 | ForEach-Object {
                if ($_ -is [System.Management.Automation.ErrorRecord]) { Show-Error $_ }
                elseif ($_ -is [System.Management.Automation.WarningRecord]) { "WARNING: $_" }
                else { $_ }
            } | Out-String -Stream -Width 100
        }
        catch {
            Show-Error $_
        }

        if ($whatIf) {
            $null = Stop-Transcript
            [System.IO.File]::ReadAllLines($whatIf) -like 'What if: *'
            [System.IO.File]::Delete($whatIf)
        }
    }
}

# Runs an example on a stage of its own. Returns its lines, what it reported as errors, and the ids of the nodes on the
# stage. Whatever it does, it ends within five minutes.
function Invoke-Example {
    param([Parameter(Mandatory)] [string] $Code)

    $folder = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), 'n-' + [guid]::NewGuid().ToString('n').Substring(0, 5))
    $null = [System.IO.Directory]::CreateDirectory($folder, 'UserRead, UserWrite, UserExecute')
    $here = [System.Environment]::CurrentDirectory
    $ports = @{ 47210 = Get-FreePort }
    foreach ($match in [regex]::Matches($Code, '\b472\d\d\b')) {
        if (-not $ports.ContainsKey([int] $match.Value)) { $ports[[int] $match.Value] = Get-FreePort }
    }
    $text = $Code -replace $shownHost, '127.0.0.1'
    foreach ($port in $ports.GetEnumerator()) { $text = $text -replace "\b$($port.Key)\b", $port.Value }

    $daemon, $shell = $null, [powershell]::Create([System.Management.Automation.RunspaceMode]::NewRunspace)
    try {
        if ($Code -match 'dave\.sock') {
            $daemon = Start-StageDaemon $folder
        }
        $module = [System.IO.Path]::Combine($repository, 'output', 'PnetPS')
        $socket = $daemon ? "$folder/dave.sock" : $null
        $id = Invoke-Bounded $shell { $null = $shell.AddScript($setStage).AddParameters(@($module, $folder, $stageKeys, $ports[47210], $socket)) }
        $lines = Invoke-Bounded $shell { $null = $shell.AddScript($play).AddParameters(@($text)) }
        $lines = foreach ($line in $lines) {
            $line = "$line".TrimEnd().Replace($folder, $shownFolder)
            foreach ($port in $ports.GetEnumerator()) { $line = $line -replace "\b$($port.Value)\b", $port.Key }
            $line
        }
        [pscustomobject] @{
            Id = $id
            Lines = @($lines) -replace "`0"
            Errors = @($lines | Where-Object { $_ -match "^\x00" }) -replace "`0"
        }
    }
    finally {
        # With the module go its nodes, programs and tunnels; jobs that an example started go with the session.
        $shell.Commands.Clear()
        $null = $shell.AddScript('Set-Location /; Get-Job | Remove-Job -Force; Remove-Module PnetPS -ErrorAction Ignore').Invoke()
        $shell.Runspace.Dispose()
        $shell.Dispose()
        if ($daemon) {
            $daemon.Kill($true)
            $daemon.Dispose()
        }
        [System.Environment]::CurrentDirectory = $here
        [System.IO.Directory]::Delete($folder, $true)
    }
}

function Invoke-Bounded {
    param([powershell] $Shell, [scriptblock] $Add)

    $Shell.Commands.Clear()
    & $Add
    $empty = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $empty.Complete()
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $running = $Shell.BeginInvoke($empty, $output)
    if (-not $running.AsyncWaitHandle.WaitOne([timespan]::FromMinutes(5))) {
        $at = $Shell.Runspace.Debugger.GetCallStack() | ForEach-Object { $_.Position.Text }
        $Shell.Stop()
        throw "not done within five minutes, at: $($at -join ', of '); until then: $($output -join "`n")"
    }
    $Shell.EndInvoke($running)
    $output
}

# dave: a daemon, in a process of its own.
function Start-StageDaemon {
    param([string] $Folder)

    $r2 = Get-ChildItem "$repository/src/Pnet.Cli/bin/*/net10.0/r2" -ErrorAction Ignore | Sort-Object LastWriteTime | Select-Object -Last 1
    if (-not $r2) { throw 'r2 is not built: dotnet build src/Pnet.Cli' }

    [System.IO.File]::WriteAllText("$Folder/dave.key", "x25519-private:$($stageKeys.dave)`n")
    [System.IO.File]::SetUnixFileMode("$Folder/dave.key", 'UserRead, UserWrite')
    $start = [System.Diagnostics.ProcessStartInfo]::new($r2.FullName)
    foreach ($word in 'daemon', '-s', "$Folder/dave.sock", '-k', "$Folder/dave.key", '-n', 'dave', '--allow', '*', 'cat') { $start.ArgumentList.Add($word) }
    $start.RedirectStandardOutput = $start.RedirectStandardError = $start.RedirectStandardInput = $true
    $daemon = [System.Diagnostics.Process]::Start($start)
    Wait-Condition -What 'dave' { (Test-Path "$Folder/dave.sock") -or $daemon.HasExited }
    if ($daemon.HasExited) { throw "dave has ended: $($daemon.StandardError.ReadToEnd())" }
    $daemon
}

# A text without what differs from run to run: times, sizes, round trips, ports nobody chose, ids of other nodes than the
# stage's; and without what only lays it out.
function ConvertTo-Constant {
    param([string] $Text, [string[]] $KnownId)

    $plain = $Text -replace "`e\[[\d;]*m" -replace $shownHost, '127.0.0.1'
    $plain = $plain -replace '\b[1-9A-HJ-NP-Za-km-z]{43,44}\b|\b[1-9A-HJ-NP-Za-km-z]{8}…', {
        $start = $_.Value.TrimEnd([char] 0x2026)
        ($KnownId -clike "$start*") ? $_.Value : '<id>'
    }
    $plain = $plain -replace '\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4}', '<date>' -replace '\d{1,2}:\d\d:\d\d(\.\d+)?', '<time>'
    $plain = $plain -replace '<date>[T ]<time>(Z|[-+]\d\d:\d\d)?', '<date>'
    $plain = $plain -replace '(?<![\d.])\d+\.\d+(?![\d.]*\d)', '<number>' -replace '(?<=:)(?!472\d\d\b)\d{4,5}\b', '<port>'
    $plain = $plain -replace '(?<![\w.:])\d{2,}(?![\w.])', '<number>'
    ($plain -replace '-{2,}', '--' -replace '\s+', ' ').Trim()
}

# The first line that a page shows and an example doesn't put out, or the other way round; nothing where all is well. A line
# of "..." stands for any lines.
function Compare-Shown {
    param([string] $Shown, [string[]] $Actual, [string[]] $KnownId)

    $shownLines = @($Shown -split "`n" | Where-Object { $_ -match '\S' })
    $actualLines = @($Actual | ForEach-Object { ConvertTo-Constant $_ $KnownId } | Where-Object { $_ })
    $at, $skip = 0, $false
    foreach ($line in $shownLines) {
        if ($line.Trim() -eq '...') { $skip = $true; continue }
        $wanted = ConvertTo-Constant $line $KnownId
        while ($skip -and $at -lt $actualLines.Count -and $actualLines[$at] -cne $wanted) { $at++ }
        if ($at -ge $actualLines.Count) { return "shown, but not put out: $line" }
        if ($actualLines[$at] -cne $wanted) { return "shown: $line`nput out: $($actualLines[$at])" }
        $at++
        $skip = $false
    }
    if (-not $skip -and $at -lt $actualLines.Count) { "put out, but not shown: $($actualLines[$at])" }
}
