#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# Help pages and cmdlets can't drift apart: each page is compared with its cmdlet as the module has it, and each example of
# each page is run. It takes no PlatyPS; where that is installed, it reads the pages as well.
#
# A block of ```powershell in docs/en-US is run, on a stage that is built for it alone; a block of ```output right after it
# is what it must put out. In that block, times, round trips, counters from 10 up, ports that nobody chose and ids of nodes
# that are not on the stage may be others; a line of "..." stands for any lines. An error that isn't shown fails the test:
# it is shown as "Get-R2Peer: there is no link to 'erin'". Blocks of other languages are not run.
#
# The stage: alice, bob and carol, nodes of the session, in a line alice - bob - carol, who know each other.
#
#   bob     listens at tcp://127.0.0.1:47210 and unix://$PWD/bob.link; his tunnel process is cat, his services are
#           echo (cat) and time (date +%F)
#   carol   listens at unix://$PWD/carol.link; her tunnel process is cat, her services are echo (cat) and sum (sha256sum)
#   dave    a daemon in a process of its own, where an example names his manager socket, dave.sock: linked to bob, open to
#           anybody, with cat as his tunnel process
#
# The current location is a folder of its own, shown as /home/me/net. In it are alice.key, bob.key, carol.key, dave.key,
# with ids that are always the same, and hosts.csv, with the columns Name, Transport and NodeId of bob and carol.
# Ports from 47200 to 47299 stand for free ones, and a host such as bob.example stands for 127.0.0.1.

BeforeDiscovery {
    $folder = "$PSScriptRoot/../docs/en-US"
    $manifest = Import-PowerShellDataFile "$PSScriptRoot/../module/PnetPS.psd1"
    $exported = @($manifest.CmdletsToExport) + @($manifest.FunctionsToExport) | Sort-Object
    $pages = Get-ChildItem $folder -Filter *-*.md | ForEach-Object BaseName
    . "$PSScriptRoot/HelpPage.ps1"

    $examples = foreach ($page in Get-ChildItem $folder -Filter *.md) {
        $number = 0
        foreach ($example in Get-Example (Get-Content -LiteralPath $page.FullName)) {
            @{ Page = $page.BaseName; Number = ++$number; Code = $example.Code; Output = $example.Output }
        }
    }
    $cmdletPages = $pages | Where-Object { $_ -in $exported }
    $platyPS = [bool] (Get-Module Microsoft.PowerShell.PlatyPS -ListAvailable)
    if (-not $platyPS) { Write-Host 'PlatyPS is not installed: what it would say of the pages is not asked.' }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/HelpPage.ps1"
    . "$PSScriptRoot/HelpStage.ps1"
    $folder = "$repository/docs/en-US"
}

Describe 'The pages' {
    It 'has one for <_>' -ForEach $exported {
        "$folder/$_.md" | Should -Exist
    }

    It 'has a command for <_>' -ForEach $pages {
        (Get-Module PnetPS).ExportedCommands.Keys | Should -Contain $_
    }

    It 'has links that lead somewhere in <_.Name>' -ForEach (Get-ChildItem "$PSScriptRoot/../docs/en-US" -Filter *.md) {
        $text = Get-Content -Raw -LiteralPath $_.FullName
        foreach ($link in [regex]::Matches($text, '\]\((?<to>[^)]+)\)')) {
            $to = $link.Groups['to'].Value
            if ($to -notmatch '^https://') { [System.IO.Path]::Combine($folder, ($to -replace '#.*')) | Should -Exist }
        }
    }
}

Describe 'The page of <_>' -ForEach $cmdletPages {
    BeforeAll {
        $page = Read-HelpPage "$folder/$_.md"
        $command = Get-Command $_ -Module PnetPS
    }

    It 'says whose it is' {
        $page.Title | Should -BeExactly $page.Name
        $page.Header['title'] | Should -BeExactly $page.Name
        $page.Header['document type'] | Should -Be 'cmdlet'
        $page.Header['Module Name'] | Should -Be 'PnetPS'
        $page.Header['Locale'] | Should -Be 'en-US'
        $page.Header['PlatyPS schema version'] | Should -Be '2024-05-01'
        # Where Get-Help looks for what is made of the page.
        if ($command.CommandType -eq 'Cmdlet') { $page.Header['external help file'] | Should -Be $command.HelpFile }
    }

    It 'has all sections, and nothing left to fill in' {
        [string[]] $page.Sections.Keys |
            Should -Be 'SYNOPSIS', 'SYNTAX', 'ALIASES', 'DESCRIPTION', 'EXAMPLES', 'PARAMETERS', 'INPUTS', 'OUTPUTS', 'NOTES', 'RELATED LINKS'
        $page.Text | Should -Not -Match '\{\{'
        foreach ($section in 'DESCRIPTION', 'NOTES', 'RELATED LINKS') { Get-Prose $page.Sections[$section] | Should -Not -BeNullOrEmpty -Because $section }
        foreach ($type in $page.Inputs.GetEnumerator()) { Get-Prose $type.Value | Should -Not -BeNullOrEmpty -Because "input $($type.Key)" }
        foreach ($type in $page.Outputs.GetEnumerator()) { Get-Prose $type.Value | Should -Not -BeNullOrEmpty -Because "output $($type.Key)" }
    }

    It 'says in one short sentence what it does' {
        $synopsis = Get-Prose $page.Sections['SYNOPSIS']
        $synopsis | Should -Match '^[A-Z].*[a-z]\.$'
        $synopsis | Should -Not -Match "`n|\. "
        $synopsis.Length | Should -BeIn (15..110)
        (Get-Prose $page.Sections['DESCRIPTION']).Length | Should -BeGreaterThan 200
    }

    It 'has the syntax of the command' {
        $written = foreach ($set in $page.Syntax.GetEnumerator()) { "$($set.Key): $((Get-Fence $set.Value).Text -replace '\s+', ' ')" }
        $expected = foreach ($set in $command.ParameterSets) {
            $default = $set.IsDefault -and $command.ParameterSets.Count -gt 1 ? ' (Default)' : ''
            "$($set.Name)${default}: $($command.Name) $set"
        }
        $written | Should -Be $expected
    }

    It 'has the parameters of the command, in order' {
        $expected = $command.Parameters.Values.Name | Where-Object { $_ -notin [System.Management.Automation.PSCmdlet]::CommonParameters } | Sort-Object
        [string[]] $page.Parameters.Keys | Should -Be $expected
        $page.Text | Should -Match '(?m)^### CommonParameters$'
    }

    It 'says of each parameter what is true' {
        foreach ($name in $page.Parameters.Keys) {
            $parameter = $page.Parameters[$name]
            $expected = Get-ExpectedYaml $command $command.Parameters[$name]
            $written = Get-WrittenYaml $parameter.Yaml
            foreach ($key in $expected.Keys) { $written[$key] | Should -BeExactly $expected[$key] -Because "that is $key of -$name" }
            $parameter.Description.Length | Should -BeGreaterThan 20 -Because "-$name has to be explained"
            $parameter.Description | Should -Match '(?s)^[A-Z`$"*-].*[.)`]$' -Because "the text of -$name is made of sentences"
        }
    }

    It 'names what goes in and what comes out' {
        [string[]] ($page.Inputs.Keys | Sort-Object) | Should -Be (Get-ExpectedInput $command)
        [string[]] ($page.Outputs.Keys | Sort-Object) | Should -Be (Get-ExpectedOutput $command)
        $aliases = Get-Alias -Definition $page.Name -ErrorAction Ignore
        (Get-Prose $page.Sections['ALIASES']) | Should -BeLike ($aliases ? "*$($aliases.Name -join '*')*" : '*no aliases*')
    }

    It 'has two examples or more, each with a sentence, that use it' {
        $page.Examples.Count | Should -BeGreaterOrEqual 2
        $number = 0
        foreach ($example in $page.Examples.GetEnumerator()) {
            $example.Key | Should -Match "^Example $((++$number)): [A-Z]"
            Get-Prose $example.Value | Should -Not -BeNullOrEmpty -Because $example.Key
            (Get-Example $example.Value).Code -join "`n" | Should -BeLike "*$($page.Name)*" -Because $example.Key
        }
    }

    It 'is a page to PlatyPS' -Skip:(-not $platyPS) {
        Test-MarkdownCommandHelp -Path $page.Path | Should -BeTrue
        $read = Import-MarkdownCommandHelp -Path $page.Path
        $read.Title | Should -Be $page.Name
        $read.Examples.Count | Should -Be $page.Examples.Count
        $read.Diagnostics.HadErrors | Should -BeFalse
    }
}

Describe 'Example <Number> of <Page>' -ForEach $examples {
    It 'does what it says' {
        $played = Invoke-Example $Code
        $because = "it puts out:`n$($played.Lines -join "`n")`n"
        $shown = $Output -split "`n" | ForEach-Object { ConvertTo-Constant $_ $played.Id }
        foreach ($failure in $played.Errors) { $shown | Should -Contain (ConvertTo-Constant $failure $played.Id) -Because $because }
        if ($Output) { Compare-Shown $Output $played.Lines $played.Id | Should -BeNullOrEmpty -Because $because }
    }
}
