#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeDiscovery {
    $uses = @(
        @{ What = 'a message'; Use = { param($path, $from) Send-R2Message $path 'hello' -Node $from -ErrorAction Stop } }
        @{ What = 'an object'; Use = { param($path, $from) Send-R2Message $path ([pscustomobject] @{ a = 1 }) -Node $from -ErrorAction Stop } }
        @{ What = 'a command'; Use = { param($path, $from) Invoke-R2Command $path add 1 2 -Node $from -ErrorAction Stop } }
        @{ What = 'get_funcs'; Use = { param($path, $from) Get-R2Command -Target $path -Node $from -ErrorAction Stop } }
        @{ What = 'get_peers'; Use = { param($path, $from) Invoke-R2Command $path get_peers -Node $from -ErrorAction Stop } }
        @{ What = 'a file there'; Use = { param($path, $from) Send-R2File "$TestDrive/mine" "${path}:new" -Collision Overwrite -Node $from -ErrorAction Stop } }
        @{ What = 'a file from there'; Use = { param($path, $from) Receive-R2File theirs $path "$TestDrive/got-$(New-Guid)" -Node $from -ErrorAction Stop } }
        @{ What = 'content'; Use = { param($path, $from) Get-R2Content $content -From $path -OutFile "$TestDrive/content-$(New-Guid)" -Node $from -ErrorAction Stop } }
        @{ What = 'a stream'; Use = { param($path, $from) 'abc' | Invoke-R2Service $path upper -Node $from -ErrorAction Stop } }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $key = "$TestDrive/office.psk"
    & $r2 key network $key | Should -Not -BeNullOrEmpty
    $null = New-Item -ItemType Directory "$TestDrive/share"
    Set-Content "$TestDrive/mine", "$TestDrive/share/theirs" 'text'

    # Three nodes in a row; the last one offers one of everything.
    function Start-Row([string[]] $Name, [hashtable] $With = @{}) {
        $far = Start-R2Node $Name[2] -Listen "unix://$TestDrive/$($Name[2])" -AcceptObject @With
        $relay = Start-R2Node $Name[1] -Listen "unix://$TestDrive/$($Name[1])" @With
        $near = Start-R2Node $Name[0] @With
        $null = Connect-R2Node "unix://$TestDrive/$($Name[1])" -Node $near
        $null = Connect-R2Node "unix://$TestDrive/$($Name[2])" -Node $relay
        $null = Register-R2Command add { param($a, $b) $a + $b } -Node $far
        $null = Register-R2Service upper { $input | ForEach-Object { $_.ToUpperInvariant() } } -Node $far
        $null = Register-R2Service files -Directory "$TestDrive/share" -Writable -Node $far
        $script:content = (Publish-R2Content "$TestDrive/share/theirs" -Node $far).Address
    }

    Start-Row alice, bob, carol @{ NetworkKeyPath = $key }
    Start-Row dave, erin, frank
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'The network key and access' {
    It 'lets holders use <what> through a holder' -ForEach $uses {
        & $Use 'bob/carol' alice | Should -Not -BeNullOrEmpty
        (Get-R2Metric messages.refused -Node carol).Value | Should -Be 0
    }

    It 'lets a node without the key link to nobody, and use <what> of nobody' -ForEach $uses {
        $mallory = Start-R2Node 'mallory'
        { Connect-R2Node "unix://$TestDrive/carol" -Node mallory -ErrorAction Stop } | Should -Throw -ErrorId 'NetworkKeyMismatch,*'
        { & $Use (Get-R2Node carol).Id mallory } | Should -Throw
        { & $Use "$((Get-R2Node bob).Id)/$((Get-R2Node carol).Id)" mallory } | Should -Throw
        $mallory | Stop-R2Node
    }

    It 'lets a node that is not known use nothing where there is no key: <what>' -ForEach $uses {
        # Of those asked for content, none is told to have refused it: nobody has it.
        { & $Use 'erin/frank' dave } | Should -Throw -ErrorId ($What -eq 'content' ? 'NotFound,*' : 'PeerRefused,*')
        Receive-R2Message -Node frank | Should -BeNullOrEmpty
    }
}
