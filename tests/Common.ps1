# What the suites share. Dot-source it in BeforeAll.

$repository = Split-Path -Parent $PSScriptRoot
Import-Module ([System.IO.Path]::Combine($repository, 'output', 'PnetPS'))

# No suite may meet, or stop, a daemon of the user's.
$env:PNET_SOCKET_PATH = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "pnet-tests-$PID", 'none.sock')

# A reply is a matter of milliseconds on an idle machine.
$PSDefaultParameterValues['Test-R2Peer:Timeout'] = '60s'

# Waits for a condition: what can't be waited for by itself is looked at again and again, up to a bound.
function Wait-Condition {
    param(
        [Parameter(Mandatory)] [scriptblock] $Condition,
        [Parameter(Mandatory)] [string] $What,
        # For what is a matter of milliseconds on an idle machine.
        [double] $Seconds = 60
    )

    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($watch.Elapsed.TotalSeconds -gt $Seconds) {
            throw "waited $Seconds s in vain for $What"
        }

        [System.Threading.Tasks.Task]::Delay(5).Wait()
    }
}

# The next port that Get-FreePort looks at.
$freePort = @{ Next = Get-Random -Minimum 20000 -Maximum 26000 }

# A port that is free: one below those that the kernel gives to connections and to listeners that name none, so that nothing takes
# it before it is used.
function Get-FreePort {
    while ($true) {
        $port = $freePort.Next++
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, $port)
        try {
            $listener.Start()
            return $port
        }
        catch [System.Net.Sockets.SocketException] {
            # It is somebody's.
        }
        finally {
            $listener.Stop()
        }
    }
}

# The processes that this one has started and that still run.
function Get-Child {
    # A thread may end while it is looked at.
    Get-ChildItem "/proc/$PID/task/*/children" -ErrorAction Ignore |
        ForEach-Object { (Get-Content $_.FullName -ErrorAction Ignore) -split ' ' } |
        Where-Object { $_ }
}

# The sockets that this process holds.
function Get-OpenSocket {
    Get-ChildItem "/proc/$PID/fd" | ForEach-Object LinkTarget | Where-Object { $_ -like 'socket:*' }
}

# Two nodes of this process that know each other, linked over a UNIX socket: alice listens, bob connects.
function Start-Pair {
    param(
        [Parameter(Mandatory)] [string] $Folder,
        [object] $TunnelProcess = 'cat',
        [string[]] $Allow = @()
    )

    $bob = Start-R2Node bob
    $alice = Start-R2Node alice -Listen "unix://$Folder/alice" -TunnelProcess $TunnelProcess -Allow ($Allow + $bob.Id)
    $null = Connect-R2Node "unix://$Folder/alice" -Node bob -NodeId $alice.Id
    [pscustomobject] @{ Alice = $alice; Bob = $bob }
}

# Writes lines to a stream, ends that direction, and reads all lines that come back.
function Send-Line {
    param(
        [Parameter(Mandatory)] [System.IO.Stream] $Stream,
        [Parameter(Mandatory)] [AllowEmptyCollection()] [string[]] $Line
    )

    $bytes = [System.Text.Encoding]::UTF8.GetBytes((($Line | ForEach-Object { "$_`n" }) -join ''))
    $Stream.Write($bytes, 0, $bytes.Length)
    $Stream.EndWrite()
    $reader = [System.IO.StreamReader]::new($Stream)
    while ($null -ne ($text = $reader.ReadLine())) { $text }
    $Stream.Dispose()
}

# The manager program: the one of PNET_TEST_PROGRAMS, or that was built last, or nothing.
$r2 = Get-ChildItem ($env:PNET_TEST_PROGRAMS ? "$env:PNET_TEST_PROGRAMS/r2" : "$repository/src/Pnet.Cli/bin/*/net10.0/r2") -ErrorAction Ignore |
    Sort-Object LastWriteTime | Select-Object -Last 1 -ExpandProperty FullName
$started = [System.Collections.Generic.List[System.Diagnostics.Process]]::new()

# Starts a program that Stop-Program ends, whatever becomes of it.
function Start-Program {
    param([string] $Path, [string[]] $Argument)

    $start = [System.Diagnostics.ProcessStartInfo]::new($Path, $Argument)
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $program = [System.Diagnostics.Process]::Start($start)
    $started.Add($program)
    $program
}

# Ends all programs that Start-Program has started, and waits until they are gone.
function Stop-Program {
    foreach ($program in $started) {
        $program.Kill($true)
        $program.WaitForExit(60000) | Should -BeTrue
        $program.Dispose()
    }

    $started.Clear()
}

# Starts a daemon; gives the path of its manager socket.
function Start-Daemon {
    param([string] $Name, [string[]] $Argument = @())

    $path = "$TestDrive/$Name.sock"
    $null = Start-Program $r2 (@('daemon', '-s', $path, '-k', "$TestDrive/$Name.key", '-n', $Name) + $Argument)
    $null = Wait-R2Node -SocketPath $path -Timeout 60s -ErrorAction Stop
    $path
}

# Links a node to one that listens at a UNIX socket, by a script block that lets so many bytes pass, from the node or to it, and holds
# what comes after those until the gate is set that this returns: what is looked at in the middle stays there, however quick it is.
function Connect-Gated {
    param(
        [Parameter(Mandatory)] [string] $Node,
        [Parameter(Mandatory)] [string] $Path,
        [Parameter(Mandatory)] [long] $Bytes,
        [switch] $Inbound
    )

    $gate = [System.Threading.ManualResetEventSlim]::new()
    $null = Connect-R2Node -Node $Node -NoReconnect {
        param($Stream)
        $socket = [System.Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
        $socket.Connect([System.Net.Sockets.UnixDomainSocketEndPoint]::new($using:Path))
        $far = [System.Net.Sockets.NetworkStream]::new($socket, $true)
        $from, $to = $using:Inbound ? ($far, $Stream) : ($Stream, $far)
        $back = $to.CopyToAsync($from)
        $buffer = [byte[]]::new(65536)
        $passed = 0
        while (($count = $from.Read($buffer, 0, $buffer.Length)) -gt 0) {
            $passed += $count
            if ($passed -gt $using:Bytes) { ($using:gate).Wait() }
            $to.Write($buffer, 0, $count)
        }
        $far.Dispose()
        $null = $back
    }
    $gate
}

# A PowerShell of its own with the module, for what has to be stopped from outside.
function Start-Shell {
    param([Parameter(Mandatory)] [string] $Script)

    $shell = [powershell]::Create([System.Management.Automation.RunspaceMode]::NewRunspace)
    $null = $shell.AddScript("Import-Module '$repository/output/PnetPS'; $Script")
    $empty = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $empty.Complete()
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $running = $shell.BeginInvoke($empty, $output)
    [pscustomobject] @{ Shell = $shell; Output = $output; Running = $running }
}

# Stops it as Ctrl+C would. What it ran goes on for far longer than this waits, unless it is stopped.
function Stop-Shell {
    param([Parameter(Mandatory)] [object] $Shell)

    $stopping = $Shell.Shell.BeginStop($null, $null)
    $stopping.AsyncWaitHandle.WaitOne(60000) | Should -BeTrue -Because 'it is stopped'
    $Shell.Shell.EndStop($stopping)
    $Shell.Shell.Runspace.Dispose()
    $Shell.Shell.Dispose()
}

# A PowerShell of its own that has begun with a command, and has put nothing out yet.
function Start-Waiting {
    param([Parameter(Mandatory)] [string] $Script)

    $shell = Start-Shell "'begun'; $Script"
    Wait-Condition -What 'the start' { $shell.Output.Count -gt 0 }
    $null = $shell.Output.ReadAll()
    $shell
}

# Waits until it has ended by itself; gives what it put out.
function Complete-Shell {
    param([Parameter(Mandatory)] [object] $Shell)

    Wait-Condition -What 'the end of the script' { $Shell.Running.IsCompleted }
    $Shell.Output.ReadAll()
    Stop-Shell $Shell
}

# Runs a command that has to wait until both bob and carol have linked to alice; gives what it puts out.
function Invoke-WhileLinking {
    param([Parameter(Mandatory)] [string] $Script)

    $alice = Start-R2Node alice -Listen "unix://$TestDrive/alice" -SocketPath "$TestDrive/alice.sock"
    $null = 'bob', 'carol' | ForEach-Object { Start-R2Node $_ }
    $shell = Start-Waiting $Script
    $null = Connect-R2Node $alice.Endpoints[0] -Node bob
    $shell.Running.IsCompleted | Should -BeFalse
    $null = Connect-R2Node $alice.Endpoints[0] -Node carol
    Complete-Shell $shell
}

# Sends a line to an endpoint as any program would, and reads what comes back.
function Send-Endpoint([string] $Endpoint, [string] $Line) {
    $client = [System.Net.Sockets.TcpClient]::new('127.0.0.1', ([uri] $Endpoint).Port)
    $stream = $client.GetStream()
    $bytes = [System.Text.Encoding]::UTF8.GetBytes("$Line`n")
    $stream.Write($bytes, 0, $bytes.Length)
    $client.Client.Shutdown('Send')
    [System.IO.StreamReader]::new($stream).ReadToEnd().TrimEnd()
    $client.Dispose()
}
