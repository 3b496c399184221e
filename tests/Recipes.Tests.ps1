#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# The recipes that the documentation shows, beside their own tests in docs/recipes.

BeforeDiscovery {
    $recipes = Get-ChildItem "$PSScriptRoot/../docs/recipes" -Filter *.r2.psd1 | ForEach-Object { @{ Name = $_.Name -replace '\.r2\.psd1$' } }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $folder = "$repository/docs/recipes"
}

Describe 'The recipe <Name>' -ForEach $recipes {
    It 'has no errors' {
        Test-R2Recipe "$folder/$Name.r2.psd1" | Should -BeNullOrEmpty
    }

    It 'has a picture that shows it as it is' {
        # Drawn anew by: Export-R2Graph NAME.svg -Recipe NAME.r2.psd1 -Force
        $now = Export-R2Graph -Format Svg -Recipe "$folder/$Name.r2.psd1"
        Get-Content "$folder/$Name.svg" -Raw | Should -BeExactly $now
    }

    It 'has a page that shows the recipe word for word, its picture, and where its tests are' {
        $page = Get-Content "$folder/$Name.md" -Raw
        $recipe = (Get-Content "$folder/$Name.r2.psd1" -Raw).TrimEnd()
        $page.Contains($recipe) | Should -BeTrue
        $page | Should -Match "\($Name\.svg\)"
        $page | Should -Match "\($Name\.Tests\.ps1\)"
    }

    It 'has tests that a page of it quotes word for word' {
        $page = Get-Content "$folder/$Name.md" -Raw
        $tests = (Get-Content "$folder/$Name.Tests.ps1" -Raw) -replace '(?m)^ +'
        $quotes = [regex]::Matches($page, '(?s)<!-- from the tests -->\s*```powershell\n(.*?)\n```') | ForEach-Object { $_.Groups[1].Value }
        $quotes | Should -Not -BeNullOrEmpty
        foreach ($quote in $quotes) { $tests.Contains(($quote -replace '(?m)^ +')) | Should -BeTrue -Because $quote }
    }
}
