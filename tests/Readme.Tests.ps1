#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# What README.md tells a reader to type in PowerShell.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

Describe 'The tour in README.md' {
    It 'does what it says' {
        $readme = Get-Content -Raw "$repository/README.md"
        $block = [regex]::Match($readme, '(?s)<!-- block: tour-powershell -->\s+```powershell\n(.*?)```')
        $block.Success | Should -BeTrue
        # In a session of its own, that stops where a line fails.
        $tour = "`$ErrorActionPreference = 'Stop'`n" + $block.Groups[1].Value.Replace('47211', (Get-FreePort)).Replace('ring.svg', "$TestDrive/ring.svg")
        Push-Location $repository
        try {
            $output = & ([System.Environment]::ProcessPath) -NoProfile -NonInteractive -OutputFormat Text -Command $tour 2>&1 | Out-String
        }
        finally {
            Pop-Location
        }

        $LASTEXITCODE | Should -Be 0 -Because $output
        $output | Should -MatchExactly '(?m)^HELLO\r?$'
        $output | Should -MatchExactly '(?m)^3\r?$'
        $output | Should -Match 'alice +lunch\?'
        $output | Should -Match '"Name": "bob"'
        $output | Should -Match 'n1 -> n2 '
        Get-Content -Raw "$TestDrive/ring.svg" | Should -Match '<svg'
    }
}
