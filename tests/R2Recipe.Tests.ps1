#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    function New-Recipe {
        param([string] $Text)
        Set-Content "$TestDrive/recipe.r2.psd1" $Text
        "$TestDrive/recipe.r2.psd1"
    }
}

Describe 'Test-R2Recipe' {
    It 'has nothing to say of a recipe that is sound' {
        $path = New-Recipe @'
@{
    Variables = @{ Greeting = 'hello {var:Who}'; Who = 'world' }
    Trust     = 'Neighbours'
    Nodes     = @{
        alice = @{ Like = 'site'; Services = @{ greet = 'echo "{var:Greeting}"' } }
        bob   = @{ Like = 'site'; TunnelProcess = { process { "heard $_" } } }
    }
    Templates = @{ site = @{ Listen = "tcp://127.0.0.1:{port:web}", 'unix://{path:x}'; KeepAlive = 5; NoRelay = $false } }
    Links     = @(
        'alice - bob'
        @{ From = 'bob'; To = 'ring1'; Transport = 'tcp://127.0.0.1:{port:ring}' }
    )
    Services  = @{ Node = 'bob'; Name = 'web'; Transport = 'tcp://127.0.0.1:80'; Allow = 'alice', '*' }
    Topology  = [ordered] @{ Type = 'Random'; Count = 6; Degree = 3; Seed = -1; Prefix = 'ring' }
}
'@
        Test-R2Recipe $path | Should -BeNullOrEmpty
        Test-R2Recipe $path -Quiet | Should -BeTrue
    }

    It 'tells errors in five places at once, with their paths and lines' {
        $path = New-Recipe @'
@{
    Nodes    = @{
        alice = @{ Listen = 'tcp://127.0.0.1' }
        bob   = @{ TunelProcess = 'cat' }
    }
    Links    = @('alice - bob'
        @{ From = 'bob'; To = 'bobby' })
    Services = @{ Node = 'bob'; Name = 'web'; Transport = Get-Date }
    Topology = @{ Type = 'Rign'; Count = 3 }
}
'@
        $errors = Test-R2Recipe $path
        $errors | Should -HaveCount 5
        $errors | Should -BeOfType PnetPS.R2RecipeError
        $errors.Path | Should -Be 'Nodes.alice.Listen', 'Nodes.bob.TunelProcess', 'Links[1].To', 'Services.Transport', 'Topology.Type'
        $errors.Line | Should -Be 3, 4, 7, 8, 9
        $errors.File | Select-Object -Unique | Should -Be $path
        $errors[0].Message | Should -BeLike '*tcp://HOST:PORT*'
        $errors[1].Message | Should -BeLike '*did you mean TunnelProcess?'
        $errors[2].Message | Should -BeLike 'there is no node bobby: *'
        $errors[3].Message | Should -BeLike 'Get-Date would have to be executed*'
        $errors[4].Message | Should -BeLike '*did you mean Ring?'
        "$($errors[4])" | Should -BeLike 'Topology.Type: * (line 9)'
        Test-R2Recipe $path -Quiet | Should -BeFalse

        # And New-R2Lab tells all of them before it makes anything.
        $failure = { New-R2Lab $path } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -Be 'InvalidRecipe,PnetPS.Commands.NewR2LabCommand'
        $failure.CategoryInfo.Category | Should -Be InvalidData
        foreach ($one in $errors) { $failure.Exception.Message.Split([System.Environment]::NewLine) | Should -Contain "  $one" }
        $failure.Exception.Errors | Should -HaveCount 5
        Get-R2Lab | Should -BeNullOrEmpty
    }

    It 'executes nothing of a recipe: <_>' -ForEach @(
        "@{ Nodes = `$(Set-Content made x) }"
        "@{ Nodes = @(Set-Content made x) }"
        "@{ Nodes = @{ alice = @{ Listen = `"`$(Set-Content made x)`" } } }"
        "@{ Nodes = @{ `$(Set-Content made x) = @{} } }"
        "@{ Nodes = [System.IO.File]::WriteAllText('made', 'x') }"
        "Set-Content made x; @{ Nodes = 'alice' }"
        "@{ Nodes = `$env:HOME }"
        "param(`$x = (Set-Content made x)) @{ Nodes = 'alice' }"
    ) {
        Push-Location $TestDrive
        try {
            Test-R2Recipe (New-Recipe $_) -Quiet | Should -BeFalse
            'made' | Should -Not -Exist
        }
        finally {
            Pop-Location
        }
    }

    It 'tells of every syntax error with its line' {
        $errors = Test-R2Recipe (New-Recipe "@{`n Nodes = 'a'`n Nodes = 'b'`n Links = @('a - b'`n}")
        $errors | Should -Not -BeNullOrEmpty
        $errors.Line | Should -Not -Contain $null
    }

    It 'finds circles' {
        $errors = Test-R2Recipe @{
            Nodes     = 'alice'
            Variables = @{ A = '{var:B}'; B = '{var:C}'; C = '{var:A}' }
            Templates = @{ one = @{ Like = 'two' }; two = @{ Like = 'one' }; three = @{ Like = 'three' } }
        }
        $errors.Message | Should -Contain 'variables refer to each other in a circle: A -> B -> C -> A'
        $errors.Message | Should -Contain 'templates are like each other in a circle: one -> two -> one'
        $errors.Message | Should -Contain 'templates are like each other in a circle: three -> three'
        $errors | Should -HaveCount 3
    }

    It 'takes values for variables, and knows those that there are' {
        $recipe = @{ Variables = @{ Port = 80 }; Nodes = @{ alice = @{ Listen = 'tcp://127.0.0.1:{var:Port}' } } }
        Test-R2Recipe $recipe -Variable @{ port = 8080 } | Should -BeNullOrEmpty
        (Test-R2Recipe $recipe -Variable @{ Port = 'x' }).Path | Should -Be 'Nodes.alice.Listen'
        (Test-R2Recipe $recipe -Variable @{ Prot = 8080 }).Message | Should -BeLike '*did you mean Port?'
    }

    It 'takes paths by wildcard and through the pipeline, and goes on after one that is not there' {
        foreach ($name in 'one', 'two') { Set-Content "$TestDrive/$name.r2.psd1" "@{ Nodes = 'a'; Lnks = '$name' }" }
        (Test-R2Recipe "$TestDrive/*.r2.psd1").Path | Should -Contain 'Lnks'
        (Get-ChildItem "$TestDrive/one.r2.psd1", "$TestDrive/two.r2.psd1" | Test-R2Recipe).File | Should -HaveCount 2
        $errors = Test-R2Recipe "$TestDrive/none.r2.psd1", "$TestDrive/one.r2.psd1" -ErrorVariable failed -ErrorAction SilentlyContinue
        $errors | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'FileNotFound,PnetPS.Commands.TestR2RecipeCommand'
    }

    It 'shows errors in less than 100 columns' {
        $lines = Test-R2Recipe @{ Nodes = 'a'; Links = 'a - b', 'a - c' } | Format-Table | Out-String -Width 99 -Stream
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessThan 100
        "$lines" | Should -BeLike '*Links*there is no node b*'
    }
}
