#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $alice = Start-R2Node alice
    $bob = Start-R2Node bob -Listen "unix://$TestDrive/bob" -Allow $alice.Id
    $carol = Start-R2Node carol -Listen "unix://$TestDrive/carol" -Allow $alice.Id -AcceptObject
    $null = Connect-R2Node "unix://$TestDrive/bob" -Node alice -NodeId $bob.Id
    $null = Connect-R2Node "unix://$TestDrive/carol" -Node bob -NodeId $carol.Id

    class Own {
        [string] $Name = 'x'
        [Own] $Next
        [string] ToString() { return "own $($this.Name)" }
    }

    function Send-Object([object] $Value, [int] $Depth = 2) {
        $null = Send-R2Message bob/carol -InputObject $Value -Node alice -Depth $Depth -ErrorAction Stop
        (Receive-R2Message -Node carol -ErrorAction Stop).Value
    }

    # Sends an object's text as any program would, and gives the verdict.
    function Send-Raw([string] $Target, [string] $Text) {
        $body = [System.Text.Encoding]::UTF8.GetBytes($Text)
        $length = [System.BitConverter]::GetBytes([System.Net.IPAddress]::HostToNetworkOrder($body.Length))
        $message = [byte[]] (@([byte] 3) + $length + $body)
        Invoke-R2Service "$Target/service:messages" -InputObject $message -Node alice -AsByteStream -Raw -ErrorAction Stop
    }

    # What PowerShell would not write: the bytes of a message as a hostile node lays them out.
    function Send-Clixml([string] $Inner, [string] $Before = '') {
        (Send-Raw 'bob/carol' "$Before<Objs Version='1.1.0.1' xmlns='http://schemas.microsoft.com/powershell/2004/04'>$Inner</Objs>")[0] | Should -Be 1
    }

    function Receive-Hostile {
        (Receive-R2Message -Node carol -ErrorAction Stop).Value
    }
}

AfterAll {
    Get-R2Node | Stop-R2Node
}

Describe 'Messages that are objects' {
    AfterEach {
        $null = Receive-R2Message -Node carol -ErrorAction SilentlyContinue
    }

    It 'are text where they were script blocks' {
        $block = Send-Object { throw 'ran' }
        $block | Should -BeOfType string
        $block | Should -Match "throw 'ran'"
    }

    It 'are property bags where they were types' {
        $type = Send-Object ([System.Diagnostics.Process])
        $type | Should -Not -BeOfType type
        $type.FullName | Should -Be 'System.Diagnostics.Process'
        $type.PSObject.TypeNames | Should -Contain 'Deserialized.System.Type'
    }

    It 'are property bags where they were of a class of a script' {
        $own = [Own] @{ Name = 'a'; Next = [Own] @{ Name = 'b'; Next = [Own]::new() } }
        $got = Send-Object $own
        $got.GetType().Name | Should -Not -Be 'Own'
        $got.PSObject.BaseObject | Should -BeOfType System.Management.Automation.PSCustomObject
        $got.PSObject.TypeNames[0] | Should -BeLike 'Deserialized.*Own'
        $got.Next.Name | Should -Be 'b'
        "$got" | Should -Be 'own a'
        $got.PSObject.Methods.Name | Should -Not -Contain 'get_Name'
        # What is below the depth is its text.
        $got.Next.Next | Should -Be 'own x'
        (Send-Object $own 5).Next.Next.Name | Should -Be 'x'
    }

    It 'are property bags where they were errors' {
        $failure = $null
        try { throw [System.IO.InvalidDataException]::new('bad data') } catch { $failure = $_ }
        $got = Send-Object $failure
        $got | Should -Not -BeOfType System.Management.Automation.ErrorRecord
        $got.PSObject.TypeNames[0] | Should -Be 'Deserialized.System.Management.Automation.ErrorRecord'
        $got.Exception.Message | Should -Be 'bad data'
        $got.FullyQualifiedErrorId | Should -Be 'bad data'
    }

    It 'end where they contain themselves' {
        $self = [pscustomobject] @{ Name = 'loop'; Self = $null; Table = @{} }
        $self.Self = $self
        $self.Table.Self = $self
        $got = Send-Object $self 10
        $got.Name | Should -Be 'loop'
        $got.Table.Keys | Should -Be 'Self'
    }

    It 'keep the levels that were asked for' {
        $deep = 'bottom'
        1..40 | ForEach-Object { $deep = [pscustomobject] @{ Next = $deep } }
        $got = Send-Object $deep 100
        1..40 | ForEach-Object { $got = $got.Next }
        $got | Should -Be 'bottom'
        "$((Send-Object $deep 1).Next.Next.Next.Next)" | Should -Not -Match 'bottom'
    }

    It 'are not sent with a secret in them: <what>' -ForEach @(
        @{ What = 'a secure string'; Make = { $args[0] }; Says = 'the object holds a secure string' }
        @{ What = 'a credential'; Make = { [pscredential]::new('user', $args[0]) }; Says = 'the object holds a secure string, as Password' }
        @{ What = 'a credential of an object in a table'; Make = { @{ Deep = [pscustomobject] @{ Login = [pscredential]::new('user', $args[0]) } } }; Says = 'the object holds a secure string, as Password' }
        @{ What = 'a list'; Make = { , @(1, $args[0]) }; Says = 'the object holds a secure string' }
    ) {
        $secret = [securestring]::new()
        'hunter2'.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
        { Send-R2Message bob/carol -InputObject (& $Make $secret) -Node alice -Depth 5 -ErrorAction Stop } |
            Should -Throw -ErrorId 'InvalidInput,PnetPS.Commands.SendR2MessageCommand' -ExpectedMessage $Says
        Receive-R2Message -Node carol | Should -BeNullOrEmpty
        # Text that looks like one is none.
        Send-Object ([pscustomobject] @{ Text = '<SS>' }) | Select-Object -ExpandProperty Text | Should -Be '<SS>'
    }

    It 'show no secret where they are arguments and results of commands' {
        $null = Register-R2Command login { param($login) $login; [pscredential]::new('own', (ConvertTo-SecureString 'hunter2' -AsPlainText -Force)) } -Node carol
        $secret = ConvertTo-SecureString 'hunter2' -AsPlainText -Force
        $results = Invoke-R2Command bob/carol login -Parameters @{ login = [pscredential]::new('user', $secret) } -Node alice
        $results.UserName | Should -Be 'user', 'own'
        $shown = $results | ConvertTo-Json -Depth 9
        $shown | Should -Not -Match 'hunter2'
        $shown | Should -Not -Match '68.?0?0?75'
        Unregister-R2Command login -Node carol
    }

    It 'are property bags whatever type they claim to be: <_>' -ForEach @(
        'System.Diagnostics.Process', 'System.Management.Automation.ScriptBlock', 'System.Management.Automation.CommandInfo', 'System.Management.Automation.PowerShell'
        'Microsoft.PowerShell.DeserializingTypeConverter', 'System.Windows.ResourceDictionary', 'System.IO.FileInfo', 'System.Net.IPAddress'
        'System.Security.Cryptography.X509Certificates.X509Certificate2', 'Microsoft.Management.Infrastructure.CimInstance'
    ) {
        Send-Clixml "<Obj RefId='0'><TN RefId='0'><T>$_</T><T>System.Object</T></TN><ToString>it</ToString><Props><S N='Name'>x</S><S N='FullName'>/etc/passwd</S><S N='FileName'>/bin/true</S></Props></Obj>"
        $got = Receive-Hostile
        $got.PSObject.BaseObject | Should -BeOfType System.Management.Automation.PSCustomObject
        $got.PSObject.TypeNames | Should -Be "Deserialized.$_", 'Deserialized.System.Object'
        $got.Name | Should -Be 'x'
    }

    It 'stay property bags when they bring the members with which the engine makes types again' {
        $standard = "<MS N='PSStandardMembers'><S N='TargetTypeForDeserialization'>System.Diagnostics.Process</S><S N='SerializationMethod'>String</S></MS>"
        Send-Clixml "<Obj RefId='0'><TN RefId='0'><T>System.Net.IPAddress</T></TN><Props><S N='Address'>1</S></Props><MS><S N='Name'>x</S>$standard</MS></Obj>"
        $got = Receive-Hostile
        $got.PSObject.BaseObject | Should -BeOfType System.Management.Automation.PSCustomObject
        $got.Name | Should -Be 'x'
    }

    It 'run nothing when they are shown' {
        $path = "$TestDrive/ran"
        $script = [System.Security.SecurityElement]::Escape("[System.IO.File]::WriteAllText('$path', 'x'); 'ran'")
        Send-Clixml "<Obj RefId='0'><TN RefId='0'><T>Sly</T></TN><ToString>`$($script)</ToString><MS><SBK N='ToString'>$script</SBK><SBK N='Name'>$script</SBK><SBK N='GetEnumerator'>$script</SBK></MS></Obj>"
        $got = Receive-Hostile
        $null = "$got" + ($got | Out-String) + ($got | Format-Table | Out-String) + ($got | Format-List * | Out-String) + ($got | ConvertTo-Json) + ($got | Sort-Object Name) + ($got -eq 1)
        $got.Name | Should -BeOfType string
        Test-Path $path | Should -BeFalse
    }

    It 'are not made CIM instances of, also with what they tell of their class: <_>' -ForEach '__ClassMetadata', '__classmetadata', '_x005F__ClassMetadata', '__Class_x004d_etadata' {
        $class = [System.Security.SecurityElement]::Escape('<CLASS NAME="Win32_Process"><PROPERTY NAME="Name" TYPE="string"></PROPERTY></CLASS>')
        Send-Clixml @"
<Obj RefId='0'><TN RefId='0'><T>Microsoft.Management.Infrastructure.CimInstance#root/cimv2/Win32_Process</T><T>Microsoft.Management.Infrastructure.CimInstance</T></TN>
<Props><S N='Name'>init</S></Props><MS><Obj N='$_' RefId='1'><TN RefId='1'><T>System.Collections.ArrayList</T></TN><LST><Obj RefId='2'><MS>
<S N='ClassName'>Win32_Process</S><S N='Namespace'>root/cimv2</S><S N='ServerName'>h</S><I32 N='Hash'>1</I32><S N='MiXml'>$class</S></MS></Obj></LST></Obj></MS></Obj>
"@
        $got = Receive-Hostile
        $got.PSObject.BaseObject | Should -BeOfType System.Management.Automation.PSCustomObject
        $got.PSObject.TypeNames[0] | Should -BeLike 'Deserialized.Microsoft.Management.Infrastructure.CimInstance*'
        $got.Name | Should -Be 'init'
        # The library in which they live was not looked for.
        Get-Content "/proc/$PID/maps" | Should -Not -Match 'libmi\b'
    }

    It 'read no file and grow no bomb' {
        $secret = "$TestDrive/secret"
        Set-Content $secret 'a secret'
        $document = [System.Security.SecurityElement]::Escape("<!DOCTYPE a [<!ENTITY b SYSTEM 'file://$secret'>]><a>&b;</a>")
        Send-Clixml "<XD>$document</XD>"
        $got = Receive-R2Message -Node carol -ErrorAction SilentlyContinue
        "$($got.Value.OuterXml) $($got.Value.InnerText)" | Should -Not -Match 'a secret'
        $bomb = [System.Security.SecurityElement]::Escape('<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx">' + (-join (1..9 | ForEach-Object { "<!ENTITY b$_ '" + ("&b$($_ -eq 1 ? '' : $_ - 1);" * 10) + "'>" })) + ']><a>&b9;</a>')
        Send-Clixml "<XD>$bomb</XD>"
        $got = Receive-R2Message -Node carol -ErrorAction SilentlyContinue
        "$($got.Value.InnerText)".Length | Should -BeLessThan 10000
    }

    It 'leave the inbox readable when they are none: <case>' -ForEach @(
        @{ Case = 'no XML'; Inner = '<Obj'; Before = '' }
        @{ Case = 'a document type'; Inner = '<S>&b;</S>'; Before = "<!DOCTYPE Objs [<!ENTITY b 'x'>]>" }
        @{ Case = 'a wrong number'; Inner = '<I32>x</I32>'; Before = '' }
        @{ Case = 'a wrong secret'; Inner = '<SS>zz</SS>'; Before = '' }
        @{ Case = 'a reference to nothing'; Inner = "<Ref RefId='7'/>"; Before = '' }
        @{ Case = 'one name twice'; Inner = "<Obj RefId='0'><MS><S N='a'>1</S><S N='a'>2</S><S N=''>3</S></MS></Obj>"; Before = '' }
        @{ Case = 'no key'; Inner = "<Obj RefId='0'><DCT><En><Nil N='Key'/><S N='Value'>x</S></En></DCT></Obj>"; Before = '' }
        @{ Case = 'a hundred thousand levels'; Inner = "<Obj RefId='0'><LST>" * 100000 + '</LST></Obj>' * 100000; Before = '' }
    ) {
        Send-Clixml $Inner $Before
        $null = Send-R2Message bob/carol 'next' -Node alice
        $got = Receive-R2Message -Node carol -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'ProtocolViolation,PnetPS.Commands.ReceiveR2MessageCommand'
        "$($failed[0])" | Should -Match 'no CLIXML'
        $got[0].Value | Should -BeNullOrEmpty
        $got[0].Text.Length | Should -BeGreaterThan 50
        $got[1].Value | Should -Be 'next'
    }

    It 'are refused by a node that does not allow them, from hostile nodes too' {
        { Send-R2Message bob ([pscustomobject] @{ a = 1 }) -Node alice -ErrorAction Stop } | Should -Throw -ErrorId 'PeerRefused,*' -ExpectedMessage '*takes no objects*'
        $answer = Send-Raw bob '<Objs/>'
        $answer[0] | Should -Be 2
        [System.Text.Encoding]::UTF8.GetString($answer) | Should -Match 'takes no objects'
        Receive-R2Message -Node bob | Should -BeNullOrEmpty
    }
}
