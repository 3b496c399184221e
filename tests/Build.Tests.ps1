#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# build.ps1: the help and the packages that it makes, with what is on the machine and without.

BeforeDiscovery {
    $platyPS = [bool] (Get-Module Microsoft.PowerShell.PlatyPS -ListAvailable)
    $gallery = [bool] (Get-Command Install-PSResource -ErrorAction Ignore)
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/HelpPage.ps1"
    . "$PSScriptRoot/../docs/ConvertTo-Help.ps1"
    $version = (Get-Module PnetPS).Version
    $module = [System.IO.Path]::Combine($repository, 'output', 'PnetPS')

    # Runs a script in a PowerShell of its own; its errors fail the test.
    function Invoke-Shell([string] $Script, [int] $Status = 0) {
        $output = & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -OutputFormat Text -Command "`$PSStyle.OutputRendering = 'PlainText'; $Script" 2>&1 | Out-String -Width 200
        $LASTEXITCODE | Should -Be $Status -Because $output
        $output
    }

    # Runs build.ps1 where the gallery's modules are neither here nor to be had, or one of them is installed when it is asked for.
    function Invoke-BareBuild([string] $Task, [string] $Offered = '', [int] $Status = 0) {
        Invoke-Shell -Status $Status @"
            function Get-Module { Microsoft.PowerShell.Core\Get-Module @args | Where-Object { `$_.Name -notin 'Pester', 'Microsoft.PowerShell.PlatyPS' -or `$_.Name -in `$global:installed } }
            function Install-PSResource(`$Name, `$Version, `$Scope, [switch] `$TrustRepository) {
                if (`$Name -ne '$Offered') { throw 'the gallery is closed' }
                "installed `$Name `$Version for `$Scope"
                `$global:installed += @(`$Name)
            }
            function Install-Module { throw 'the shop is closed' }
            & '$repository/build.ps1' -Task $Task -Test '$PSScriptRoot/R2Identity.Tests.ps1'
"@
    }
}

Describe 'build.ps1 -Task Docs' {
    BeforeAll {
        $said = Invoke-Shell "& '$repository/build.ps1' -Task Docs"
    }

    It 'makes help that Get-Help shows for each command, however often the module is imported' -Skip:(-not $platyPS) {
        $said | Should -Match "The help of $((Get-Module PnetPS).ExportedCommands.Count) commands"
        $shown = Invoke-Shell @"
            Import-Module '$module'
            Import-Module '$module' -Force
            Get-Command -Module PnetPS | ForEach-Object { `$help = Get-Help `$_.Name; "`$(`$_.Name)|`$(`$help.Synopsis)|`$(@(`$help.examples.example).Count)" }
"@
        $lines = $shown.Trim() -split '\r?\n'
        foreach ($name in (Get-Module PnetPS).ExportedCommands.Keys) {
            $page = Read-HelpPage "$repository/docs/en-US/$name.md"
            $lines | Should -Contain "$name|$(ConvertTo-PlainText (Get-Prose $page.Sections['SYNOPSIS']))|$($page.Examples.Count)"
        }
    }

    It 'makes examples that read like PowerShell and not like markdown' -Skip:(-not $platyPS) {
        $shown = Invoke-Shell "Import-Module '$module'; Get-Help New-R2Tunnel -Examples"
        $shown | Should -Match '(?m)^ +--- Example 1: .+ ---\r?$'
        $shown | Should -Match '(?m)^ +.*New-R2Tunnel .+$'
        $all = Invoke-Shell "Import-Module '$module'; Get-Command -Module PnetPS | Get-Help -Full"
        $all | Should -Not -Match '```|\*\*|\]\(|\u0080'
    }

    It 'makes topics' {
        foreach ($page in Get-ChildItem "$repository/docs/en-US" -Filter about_*.md) {
            $text = Get-Content -Raw "$module/en-US/$($page.BaseName).help.txt"
            $text | Should -BeLike "TOPIC*$($page.BaseName)*SHORT DESCRIPTION*LONG DESCRIPTION*"
            $text | Should -Not -Match '```|\*\*|\]\('
        }
        Invoke-Shell "Import-Module '$module'; Get-Help about_PnetPS" | Should -Match 'SHORT DESCRIPTION'
    }

    It 'says that PlatyPS is missing, and does the rest' {
        Remove-Item "$module/en-US/about_PnetPS.help.txt"
        $bare = Invoke-BareBuild Docs
        $bare | Should -Match 'PlatyPS .* is not here and could not be installed'
        $bare | Should -Match 'the gallery is closed the shop is closed'
        "$module/en-US/about_PnetPS.help.txt" | Should -Exist
    }

    It 'installs PlatyPS where it can be had' -Skip:(-not $platyPS) {
        Invoke-BareBuild Docs Microsoft.PowerShell.PlatyPS | Should -Match 'Installing Microsoft.PowerShell.PlatyPS 1\.0\.0 .*for the current user'
    }
}

Describe 'build.ps1 -Task Test' {
    It 'says that Pester is missing, and does the rest' {
        $bare = Invoke-BareBuild 'Docs, Test' -Status 1
        $bare | Should -Match 'Pester .* is not here and could not be installed'
        $bare | Should -Match 'the suites were not run'
    }

    It 'installs Pester where it can be had, and runs the suites' {
        $bare = Invoke-BareBuild Test Pester
        $bare | Should -Match 'Installing Pester 5\.5 .*for the current user'
        $bare | Should -Match 'Tests Passed: [1-9]\d*, Failed: 0'
    }
}

Describe 'build.ps1 -Task Package' {
    BeforeAll {
        $env:MSBUILDDISABLENODEREUSE = '1'
        $null = Invoke-Shell "& '$repository/build.ps1' -Task Package -Destination '$TestDrive/packages'"

        # Unpacks a file for a folder of PSModulePath, as clients of a gallery do.
        $installed = @{
            zip = "$TestDrive/zip"
            nupkg = "$TestDrive/nupkg"
        }
        [System.IO.Compression.ZipFile]::ExtractToDirectory("$TestDrive/packages/PnetPS-$version.zip", $installed.zip)
        $folder = "$($installed.nupkg)/PnetPS/$version"
        [System.IO.Compression.ZipFile]::ExtractToDirectory("$TestDrive/packages/PnetPS.$version.nupkg", $folder)
        $nuspec = [xml] (Get-Content -Raw "$folder/PnetPS.nuspec")
        foreach ($part in '_rels', 'package', '[Content_Types].xml', 'PnetPS.nuspec') { Remove-Item -LiteralPath "$folder/$part" -Recurse }

        $session = @'
            $ErrorActionPreference = 'Stop'
            $env:PSModulePath = '{0}'
            $bob = Start-R2Node bob -Listen "unix://{1}/bob.link" -TunnelProcess {{ process {{ "bob heard: $_" }} }} -Allow *
            $alice = Start-R2Node alice
            Connect-R2Node "unix://{1}/bob.link" -NodeId $bob -Node alice | Out-Null
            $stream = New-R2Tunnel bob -AsStream -Node alice
            $writer = [System.IO.StreamWriter]::new($stream)
            $writer.WriteLine('hello')
            $writer.Flush()
            [System.IO.StreamReader]::new($stream).ReadLine()
            $stream.Dispose()
            Get-R2Node | Stop-R2Node
            (Get-Module PnetPS).ModuleBase
            (Get-Help about_PnetPS) -match 'TOPIC'
'@
    }

    It 'makes a <_> of the module, its help and its license' -ForEach 'zip', 'nupkg' {
        $root = "$($installed[$_])/PnetPS/$version"
        $files = Get-ChildItem $root -Recurse -File | ForEach-Object { [System.IO.Path]::GetRelativePath($root, $_.FullName).Replace('\', '/') }
        foreach ($wanted in 'PnetPS.psd1', 'PnetPS.psm1', 'PnetPS.Format.ps1xml', 'LICENSE', 'README.md', 'CHANGELOG.md', 'bin/PnetPS.dll', 'bin/PnetPS.Module.dll', 'en-US/about_PnetPS.help.txt') {
            $files | Should -Contain $wanted
        }
        $files -like '*.pdb' | Should -BeNullOrEmpty
        $files -like '*System.Management.Automation*' | Should -BeNullOrEmpty
        if (Get-Module Microsoft.PowerShell.PlatyPS -ListAvailable) { $files | Should -Contain 'en-US/PnetPS.Module.dll-Help.xml' }
        Test-ModuleManifest "$root/PnetPS.psd1" -ErrorAction Stop | ForEach-Object Version | Should -Be $version
    }

    It 'tells a gallery what the package has' {
        $metadata = $nuspec.package.metadata
        $metadata.id | Should -Be 'PnetPS'
        $metadata.version | Should -Be "$version"
        $metadata.license.InnerText | Should -Be 'MIT'
        $metadata.releaseNotes | Should -BeLike "$version*"
        $tags = $metadata.tags -split ' '
        $tags | Should -Contain 'PSModule'
        $tags | Should -Contain 'PSEdition_Core'
        foreach ($cmdlet in (Get-Module PnetPS).ExportedCmdlets.Keys) {
            $tags | Should -Contain "PSCmdlet_$cmdlet"
            $tags | Should -Contain "PSCommand_$cmdlet"
        }
    }

    It 'makes a <_> that is imported and works' -ForEach 'zip', 'nupkg' {
        $work = (New-Item -ItemType Directory "$TestDrive/work-$_").FullName
        $lines = (Invoke-Shell ($session -f $installed[$_], $work)).Trim() -split '\r?\n'
        $lines[0] | Should -BeExactly 'bob heard: hello'
        $lines[1] | Should -Be "$($installed[$_])/PnetPS/$version"
        $lines[2] | Should -Be 'True'
    }

    It 'makes a package that Install-PSResource takes' -Skip:(-not $gallery) {
        $work = (New-Item -ItemType Directory "$TestDrive/work-gallery").FullName
        $null = Invoke-Shell @"
            `$ErrorActionPreference = 'Stop'
            Register-PSResourceRepository PnetPackages '$TestDrive/packages' -Trusted
            try { Save-PSResource PnetPS -Repository PnetPackages -Path '$TestDrive/gallery' }
            finally { Unregister-PSResourceRepository PnetPackages }
"@
        Invoke-Shell ($session -f "$TestDrive/gallery", $work) | Should -Match 'bob heard: hello'
    }
}
