<#
.SYNOPSIS
Builds, tests or shows the PnetPS module.

.DESCRIPTION
Build leaves the module, ready to be imported, at output/PnetPS. Test runs the Pester suites against it in a
PowerShell of their own; it needs Pester 5, which is installed for the current user where it is missing. Demo shows
nodes, a link, a tunnel and a far node in the module that was built.

.EXAMPLE
./build.ps1 -Task Build, Test
#>
#Requires -Version 7.6
[CmdletBinding()]
param(
    # What to do, in this order.
    [ValidateSet('Build', 'Test', 'Demo')]
    [string[]] $Task = 'Build',

    # What dotnet builds.
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    # The suites to run; all of them unless said otherwise.
    [string[]] $Test = [System.IO.Path]::Combine($PSScriptRoot, 'tests')
)

$ErrorActionPreference = 'Stop'
$module = [System.IO.Path]::Combine($PSScriptRoot, 'output', 'PnetPS')
$pesterVersion = [version] '5.5'

function Invoke-Build {
    # The manager is not part of the module: the suites meet it where a daemon is wanted.
    foreach ($project in 'PnetPS.Module', 'Pnet.Cli') {
        dotnet build ([System.IO.Path]::Combine($PSScriptRoot, 'src', $project)) --configuration $Configuration --nologo --verbosity quiet
        if ($LASTEXITCODE -ne 0) { throw "dotnet build failed: exit status $LASTEXITCODE" }
    }

    "The module is at $module"
}

function Test-Pester {
    [bool] (Get-Module Pester -ListAvailable | Where-Object { $_.Version -ge $pesterVersion -and $_.Version.Major -eq 5 })
}

function Install-Pester {
    if (Test-Pester) { return }

    Write-Host "Installing Pester $pesterVersion or later for the current user"
    try {
        Install-PSResource Pester -Version "[$pesterVersion, 6.0)" -Scope CurrentUser -TrustRepository
    }
    catch {
        $reason = $_
        try {
            Install-Module Pester -MinimumVersion $pesterVersion -MaximumVersion 5.99.99 -Scope CurrentUser -Force -SkipPublisherCheck
        }
        catch {
            $reason = "$reason $_"
        }
    }

    if (-not (Test-Pester)) {
        throw "Pester 5 is not here and could not be installed ($reason). Put it in a folder of PSModulePath and run this again; -Task Build and Demo work without it."
    }
}

function Invoke-Test {
    Install-Pester

    # A process of its own: this one may be a session that goes on, and must not keep the module loaded.
    $run = {
        param($Path)
        Import-Module Pester -MinimumVersion 5.5 -MaximumVersion 5.99.99
        $configuration = New-PesterConfiguration
        $configuration.Run.Path = $Path
        $configuration.Run.Exit = $true
        $configuration.Output.Verbosity = 'Detailed'
        $configuration.Output.CIFormat = 'None'
        Invoke-Pester -Configuration $configuration
    }
    $paths = ($Test | ForEach-Object { "'$($_ -replace "'", "''")'" }) -join ', '
    & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -Command "& { $run } @($paths)"
    if ($LASTEXITCODE -ne 0) { throw "tests failed: $LASTEXITCODE" }
}

function Invoke-Demo {
    $show = {
        param($Module)
        $ErrorActionPreference = 'Stop'
        Import-Module $Module
        $folder = (New-Item -ItemType Directory ([System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "pnet-demo-$PID"))).FullName
        function Show($Text) { Write-Host "`n# $Text" -ForegroundColor Cyan }
        try {
            Show 'Three nodes in this session. What a tunnel to carol gets is a script block.'
            $alice = Start-R2Node alice
            $bob = Start-R2Node bob -Listen "unix://$folder/bob" -Allow $alice.Id
            $carol = Start-R2Node carol -Allow $alice.Id -TunnelProcess { process { "carol heard: $_" } }
            $alice, $bob, $carol | Out-Host

            Show 'alice - bob over a socket, bob - carol over a socat that carol starts; each pins the key of the other.'
            Connect-R2Node "unix://$folder/bob" -Node alice -NodeId $bob.Id | Out-Null
            $transport = (Get-Command socat -ErrorAction Ignore) ? "socat unix:'$folder/bob' -" : "unix://$folder/bob"
            Connect-R2Node $transport -Node carol -NodeId $bob.Id | Out-Null
            $bob | Get-R2Peer | Out-Host

            Show 'alice pings carol through bob, who can not read what they say.'
            Test-R2Peer bob/carol -Node alice -Count 3 -Interval 100ms | Out-Host

            Show 'A tunnel from a script block of alice to the one of carol.'
            $said = "$folder/said"
            New-R2Tunnel bob/carol { 'hello', 'good bye'; $input | Select-Object -First 2 | Set-Content $using:said } -Node alice -Wait | Out-Host
            Get-Content $said | Out-Host
        }
        finally {
            Get-R2Node | Stop-R2Node
            Remove-Item $folder -Recurse
        }
    }
    & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -Command "& { $show } '$($module -replace "'", "''")'"
    if ($LASTEXITCODE -ne 0) { throw "the demo failed: exit status $LASTEXITCODE" }
}

foreach ($one in 'Build', 'Test', 'Demo') {
    if ($one -in $Task) {
        if ($one -ne 'Build' -and 'Build' -notin $Task -and -not (Test-Path $module)) { Invoke-Build }
        & "Invoke-$one"
    }
}
