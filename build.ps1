<#
.SYNOPSIS
Builds, documents, tests, packs or shows the PnetPS module.

.DESCRIPTION
It takes PowerShell and the .NET SDK. What else a task wants it installs for the current user, from the gallery, where that
is missing; where it can't be had, it says so and does the rest.

Build leaves the module, ready to be imported, at output/PnetPS, with its about topics.
Docs checks the pages in docs/en-US and makes the help for Get-Help of them. That takes PlatyPS.
Test runs the Pester suites against the module, in a PowerShell of their own. That takes Pester 5.
Package builds a release, with its help, and packs it: output/PnetPS.VERSION.nupkg for a gallery, output/PnetPS-VERSION.zip for
a folder of PSModulePath.
Demo shows nodes, a link, a tunnel and a far node in the module that was built.

.EXAMPLE
./build.ps1 -Task Build, Docs, Test

Builds the module and its help, and runs all suites.

.EXAMPLE
./build.ps1 -Task Test -Test tests/R2Peer.Tests.ps1

Runs one suite.

.EXAMPLE
./build.ps1 -Task Package -Property PnetX25519=nsec

Packs a release that brings its own X25519, for machines without libsodium.
#>
#Requires -Version 7.6
[CmdletBinding()]
param(
    # What to do. The order is always the one of the list above.
    [ValidateSet('Build', 'Docs', 'Test', 'Package', 'Demo')]
    [string[]] $Task = 'Build',

    # What dotnet builds; a package is always a release.
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    # The suites to run; all of them unless said otherwise.
    [string[]] $Test = ('tests', 'docs/recipes' | ForEach-Object { [System.IO.Path]::Combine($PSScriptRoot, $_) }),

    # Where Package leaves what it makes.
    [string] $Destination = [System.IO.Path]::Combine($PSScriptRoot, 'output'),

    # Properties for dotnet, as NAME=VALUE.
    [string[]] $Property = @()
)

$ErrorActionPreference = 'Stop'
$module = [System.IO.Path]::Combine($PSScriptRoot, 'output', 'PnetPS')
$pages = [System.IO.Path]::Combine($PSScriptRoot, 'docs', 'en-US')
$pwsh = [System.Environment]::ProcessPath
$failures = @()
. ([System.IO.Path]::Combine($PSScriptRoot, 'docs', 'ConvertTo-Help.ps1'))

function Invoke-Dotnet {
    dotnet @args --nologo --verbosity quiet @($Property | ForEach-Object { "--property:$_" })
    if ($LASTEXITCODE -ne 0) { throw "dotnet $args failed: exit status $LASTEXITCODE" }
}

# Tells whether a module of the gallery is here, after trying to install it.
function Install-Tool {
    param([string] $Name, [version] $Minimum, [version] $Below, [string] $For)

    $here = { [bool] (Get-Module $Name -ListAvailable | Where-Object { $_.Version -ge $Minimum -and $_.Version -lt $Below }) }
    if (& $here) { return $true }

    Write-Host "Installing $Name $Minimum or later for the current user"
    $reasons = @()
    foreach ($way in @(
            { Install-PSResource $Name -Version "[$Minimum, $Below)" -Scope CurrentUser -TrustRepository }
            { Install-Module $Name -MinimumVersion $Minimum -MaximumVersion "$($Minimum.Major).99.99" -Scope CurrentUser -Force -SkipPublisherCheck }
        )) {
        try {
            & $way
            if (& $here) { return $true }
        }
        catch {
            $reasons += "$_"
        }
    }

    Write-Warning "$Name $Minimum is not here and could not be installed, so $For. Put it in a folder of PSModulePath and run this again. ($($reasons -join ' '))"
    $false
}

function Invoke-Build {
    # The manager is not part of the module: the suites meet it where a daemon is wanted.
    foreach ($project in 'PnetPS.Module', 'Pnet.Cli') {
        Invoke-Dotnet build ([System.IO.Path]::Combine($PSScriptRoot, 'src', $project)) --configuration $Configuration
    }

    Write-AboutHelp $module
    "The module is at $module"
}

function Write-AboutHelp {
    param([string] $Module)

    $folder = (New-Item -ItemType Directory -Force ([System.IO.Path]::Combine($Module, 'en-US'))).FullName
    foreach ($page in Get-ChildItem $pages -Filter about_*.md) {
        ConvertTo-AboutText $page.FullName | Set-Content ([System.IO.Path]::Combine($folder, "$($page.BaseName).help.txt"))
    }
}

function Invoke-Docs {
    param([string] $Module = $script:module)

    # What can be seen without a tool; tests/Help.Tests.ps1 sees more, and runs the examples.
    $manifest = Import-PowerShellDataFile ([System.IO.Path]::Combine($Module, 'PnetPS.psd1'))
    $commands = @($manifest.CmdletsToExport) + @($manifest.FunctionsToExport)
    $files = @(Get-ChildItem $pages -Filter *-*.md)
    $wrong = @(
        foreach ($difference in Compare-Object $commands $files.BaseName) {
            $difference.SideIndicator -eq '<=' ? "$($difference.InputObject) has no page" : "$($difference.InputObject) has a page, and is no command"
        }
        foreach ($file in $files) { if ((Get-Content -Raw $file.FullName).Contains('{{')) { "$($file.Name) has placeholders" } }
    )
    if ($wrong) { $script:failures += "docs/en-US: $($wrong -join ', ')" }

    Write-AboutHelp $Module
    if (-not (Install-Tool Microsoft.PowerShell.PlatyPS 1.0.0 2.0 'Get-Help shows no more than the syntax of cmdlets')) { return }

    # PlatyPS loads libraries that a module of this session might have in another version: so a process of its own.
    $make = {
        param($Pages, $Folder)
        $ErrorActionPreference = 'Stop'
        Import-Module Microsoft.PowerShell.PlatyPS
        $help = foreach ($page in Get-ChildItem $Pages -Filter *-*.md) {
            if (-not (Test-MarkdownCommandHelp -Path $page.FullName)) { throw "$($page.Name) is no page of PlatyPS's schema: $(Test-MarkdownCommandHelp -Path $page.FullName -DetailView)" }
            Import-MarkdownCommandHelp -Path $page.FullName
        }
        $null = Export-MamlCommandHelp -CommandHelp $help -OutputFolder $Folder -Force
    }
    $temporary = (New-Item -ItemType Directory ([System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "pnet-docs-$PID"))).FullName
    try {
        & $pwsh -NoProfile -NonInteractive -Command $make -args $pages, $temporary
        if ($LASTEXITCODE -ne 0) { throw "PlatyPS failed: exit status $LASTEXITCODE" }
        foreach ($maml in Get-ChildItem $temporary -Recurse -Filter *-Help.xml) {
            Edit-Maml $maml.FullName
            Move-Item $maml.FullName ([System.IO.Path]::Combine($Module, 'en-US')) -Force
        }
    }
    finally {
        Remove-Item $temporary -Recurse
    }

    "The help of $($files.Count) commands is at $([System.IO.Path]::Combine($Module, 'en-US'))"
}

function Invoke-Test {
    if (-not (Install-Tool Pester 5.5 6.0 'no suite was run')) {
        $script:failures += 'the suites were not run: there is no Pester'
        return
    }

    # Processes of their own: this one may be a session that goes on, and must not keep the module loaded. Where there are several
    # suites there are two, side by side; each takes one that the other has not taken, until none is left.
    $run = {
        param($Output, $Folder, $Path)
        # Where the recipes' tests, which are made to be copied, find the module by its name.
        $env:PSModulePath = $Output + [System.IO.Path]::PathSeparator + $env:PSModulePath
        Import-Module Pester -MinimumVersion 5.5 -MaximumVersion 5.99.99
        $configuration = New-PesterConfiguration
        $configuration.Run.PassThru = $true
        $configuration.Output.Verbosity = 'Detailed'
        $configuration.Output.CIFormat = 'None'
        foreach ($suite in $Path) {
            try { [System.IO.File]::Open([System.IO.Path]::Combine($Folder, [array]::IndexOf($Path, $suite)), 'CreateNew').Dispose() }
            catch [System.IO.IOException] { continue }
            $configuration.Run.Path = $suite
            $result = Invoke-Pester -Configuration $configuration
            if ($result.Result -ne 'Passed') {
                @("$([System.IO.Path]::GetFileName($suite)): $($result.Result)") + @($result.Failed | ForEach-Object { "  $($_.ExpandedPath)" }) |
                    Add-Content ([System.IO.Path]::Combine($Folder, "failed-$PID"))
            }
        }
    }
    $suites = @(Get-ChildItem $Test -Recurse -Filter *.Tests.ps1 | ForEach-Object FullName)
    $folder = (New-Item -ItemType Directory ([System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "pnet-suites-$PID"))).FullName
    $quoted = { param($text) "'$($text -replace "'", "''")'" }
    $paths = ($suites | ForEach-Object { & $quoted $_ }) -join ', '
    $command = "& { $run } $(& $quoted (Split-Path -Parent $module)) $(& $quoted $folder) @($paths)"
    $beside = $null
    try {
        if ($suites.Count -gt 1) {
            $start = [System.Diagnostics.ProcessStartInfo]::new($pwsh, [string[]] ('-NoProfile', '-NonInteractive', '-Command', $command))
            $start.RedirectStandardOutput = $start.RedirectStandardInput = $true
            $beside = [System.Diagnostics.Process]::Start($start)
            $beside.StandardInput.Close()
            # What it says is shown when the other one, which is seen at work, is through.
            $said = $beside.StandardOutput.ReadToEndAsync()
        }
        & $pwsh -NoProfile -NonInteractive -Command $command
        $status = @($LASTEXITCODE)
        if ($beside) {
            $said.Result
            $beside.WaitForExit()
            $status += $beside.ExitCode
        }
        $failed = @(Get-ChildItem $folder -Filter failed-* | Get-Content)
    }
    finally {
        if ($beside) {
            if (-not $beside.HasExited) { $beside.Kill($true) }
            $beside.Dispose()
        }
        Remove-Item $folder -Recurse
    }
    if ($failed) { throw "tests failed:`n$($failed -join "`n")" }
    if ($status -ne 0) { throw "the suites did not run to their end: exit status $($status -join ', ')" }
}

function Invoke-Package {
    $temporary = (New-Item -ItemType Directory ([System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "pnet-package-$PID"))).FullName
    try {
        $manifest = Import-PowerShellDataFile ([System.IO.Path]::Combine($PSScriptRoot, 'module', 'PnetPS.psd1'))
        $version = $manifest.ModuleVersion
        # The folder that a zip of modules holds, and that a package's content becomes.
        $release = [System.IO.Path]::Combine($temporary, 'zip', 'PnetPS', $version)
        Invoke-Dotnet build ([System.IO.Path]::Combine($PSScriptRoot, 'src', 'PnetPS.Module')) --configuration Release "--property:PnetModuleOutput=$release/"
        Get-ChildItem $release -Recurse -Filter *.pdb | Remove-Item
        Invoke-Docs $release
        foreach ($file in 'LICENSE', 'README.md', 'docs/CHANGELOG.md') { Copy-Item ([System.IO.Path]::Combine($PSScriptRoot, $file)) $release }

        $null = New-Item -ItemType Directory -Force $Destination
        $zip = [System.IO.Path]::Combine($Destination, "PnetPS-$version.zip")
        [System.IO.File]::Delete($zip)
        [System.IO.Compression.ZipFile]::CreateFromDirectory([System.IO.Path]::Combine($temporary, 'zip'), $zip)

        $nuspec = [System.IO.Path]::Combine($temporary, 'PnetPS.nuspec')
        Set-Content $nuspec (Get-Nuspec $manifest $release)
        # NuGet would have libraries for projects in lib, and scripts that install in tools; this is a module.
        Invoke-Dotnet pack $nuspec --output $Destination 2>&1 | Where-Object { $_ -notmatch "the 'lib' folder|the 'tools' folder|under 'tools'|Successfully created" }
        "The packages are $zip and $([System.IO.Path]::Combine($Destination, "PnetPS.$version.nupkg"))"
    }
    finally {
        Remove-Item $temporary -Recurse -Force
    }
}

# What a gallery has to know of the module: the manifest, and what it is searched by.
function Get-Nuspec {
    param([hashtable] $Manifest, [string] $Folder)

    $tags = @($Manifest.PrivateData.PSData.Tags) + 'PSModule' + @($Manifest.CompatiblePSEditions | ForEach-Object { "PSEdition_$_" })
    foreach ($kind in 'Cmdlet', 'Function') {
        $names = @($Manifest."${kind}sToExport")
        if ($names) { $tags += "PSIncludes_$kind", ($names | ForEach-Object { "PS${kind}_$_"; "PSCommand_$_" }) | ForEach-Object { $_ } }
    }
    $text = { param($value) [System.Security.SecurityElement]::Escape($value) }
    # The newest version's part of the changes.
    $changes = ((Get-Content -Raw ([System.IO.Path]::Combine($PSScriptRoot, 'docs', 'CHANGELOG.md'))) -split '(?m)^## ')[1].Trim()
    @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>PnetPS</id>
    <version>$($Manifest.ModuleVersion)</version>
    <authors>$(& $text $Manifest.Author)</authors>
    <description>$(& $text $Manifest.Description)</description>
    <releaseNotes>$(& $text $changes)</releaseNotes>
    <copyright>$(& $text $Manifest.Copyright)</copyright>
    <license type="expression">MIT</license>
    <readme>README.md</readme>
    <tags>$($tags -join ' ')</tags>
  </metadata>
  <files>
    <file src="$(& $text $Folder)/**" />
  </files>
</package>
"@
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
    & $pwsh -NoProfile -NonInteractive -Command "& { $show } '$($module -replace "'", "''")'"
    if ($LASTEXITCODE -ne 0) { throw "the demo failed: exit status $LASTEXITCODE" }
}

foreach ($one in 'Build', 'Docs', 'Test', 'Package', 'Demo') {
    if ($one -in $Task) {
        if ($one -notin 'Build', 'Package' -and 'Build' -notin $Task -and -not (Test-Path $module)) { Invoke-Build }
        & "Invoke-$one"
    }
}

# What could be done is done.
if ($failures) { throw $failures -join '; ' }
