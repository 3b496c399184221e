# How Help.Tests.ps1 reads help pages, without PlatyPS: the markdown and the little YAML that its schema takes.

# Reads a list of sections: what stands under each heading of a level. Fenced text is no heading.
function Split-Section {
    param([string[]] $Line, [int] $Level)

    $sections = [ordered] @{}
    $title, $fenced = '', $false
    foreach ($text in $Line) {
        if ($text -match '^```') { $fenced = -not $fenced }
        if (-not $fenced -and $text -cmatch "^#{$Level} (.+?)\s*$") {
            $title = $Matches[1]
            if ($sections.Contains($title)) { throw "'$title' is there twice" }
            $sections[$title] = [System.Collections.Generic.List[string]]::new()
        }
        elseif ($title) { $sections[$title].Add($text) }
    }

    $sections
}

# The words of a section, as one text: what stands outside of fences.
function Get-Prose {
    param([string[]] $Line)

    $fenced = $false
    $words = foreach ($text in $Line) {
        if ($text -match '^```') { $fenced = -not $fenced }
        elseif (-not $fenced) { $text }
    }
    ($words -join "`n").Trim()
}

# The fenced blocks of a section, each with its language.
function Get-Fence {
    param([string[]] $Line)

    $language, $content = $null, $null
    foreach ($text in $Line) {
        if ($text -notmatch '^```(.*)$') { if ($null -ne $content) { $content.Add($text) } }
        elseif ($null -eq $content) { $language, $content = $Matches[1].Trim(), [System.Collections.Generic.List[string]]::new() }
        else {
            [pscustomobject] @{ Language = $language; Text = $content -join "`n" }
            $content = $null
        }
    }
    if ($null -ne $content) { throw "a fence is not closed: $language" }
}

# The examples of a page: code that is run and, where there is one, the output that is shown right after it.
function Get-Example {
    param([string[]] $Line)

    $example = $null
    foreach ($fence in Get-Fence $Line) {
        if ($fence.Language -eq 'powershell') {
            if ($example) { $example }
            $example = [pscustomobject] @{ Code = $fence.Text; Output = $null }
        }
        elseif ($fence.Language -eq 'output' -and $example) {
            $example.Output = $fence.Text
            $example
            $example = $null
        }
    }
    if ($example) { $example }
}

# Reads YAML as PlatyPS writes it: keys with a value, a list of values, or a list of such maps.
function ConvertFrom-HelpYaml {
    param([string[]] $Line)

    $map = [ordered] @{}
    $key, $item = $null, $null
    foreach ($text in $Line | Where-Object { $_ -match '\S' }) {
        if ($text -match '^- (\w+): ?(.*)$') {
            $item = [ordered] @{ $Matches[1] = ConvertFrom-HelpScalar $Matches[2] }
            $map[$key] += , $item
        }
        elseif ($text -match '^  (\w+): ?(.*)$' -and $item) { $item[$Matches[1]] = ConvertFrom-HelpScalar $Matches[2] }
        elseif ($text -match '^- (.*)$') { $map[$key] += , (ConvertFrom-HelpScalar $Matches[1]) }
        elseif ($text -match '^([\w. ]+): ?(.*)$') {
            $key, $item = $Matches[1], $null
            # Nothing behind the colon: a list follows.
            $map[$key] = if ($Matches[2] -in '', '[]') { , @() } else { ConvertFrom-HelpScalar $Matches[2] }
        }
        else { throw "no line of a help page's YAML: $text" }
    }

    $map
}

function ConvertFrom-HelpScalar {
    param([string] $Text)

    switch -Regex ($Text) {
        '^(true|false)$' { $Text -eq 'true'; break }
        "^'(.*)'$" { $Matches[1].Replace("''", "'"); break }
        '^"(.*)"$' { $Matches[1]; break }
        default { $Text }
    }
}

# Reads the page of a cmdlet.
function Read-HelpPage {
    param([string] $Path)

    $lines = [string[]] (Get-Content -LiteralPath $Path)
    if ($lines[0] -ne '---') { throw "$Path does not begin with ---" }
    $end = [array]::IndexOf($lines, '---', 1)
    $body = $lines[($end + 1)..($lines.Count - 1)]
    $sections = Split-Section $body 2
    $parameters = [ordered] @{}
    foreach ($entry in (Split-Section $sections['PARAMETERS'] 3).GetEnumerator() | Where-Object Key -Like '-*') {
        $parameters[$entry.Key.Substring(1)] = [pscustomobject] @{
            Description = Get-Prose $entry.Value
            Yaml = ConvertFrom-HelpYaml ((Get-Fence $entry.Value | Where-Object Language -EQ 'yaml').Text -split "`n")
        }
    }

    [pscustomobject] @{
        Path = $Path
        Name = [System.IO.Path]::GetFileNameWithoutExtension($Path)
        Text = $lines -join "`n"
        Header = ConvertFrom-HelpYaml $lines[1..($end - 1)]
        Title = ($body -cmatch '^# ') -replace '^# '
        Sections = $sections
        Parameters = $parameters
        Syntax = Split-Section $sections['SYNTAX'] 3
        Examples = Split-Section $sections['EXAMPLES'] 3
        Inputs = Split-Section $sections['INPUTS'] 3
        Outputs = Split-Section $sections['OUTPUTS'] 3
    }
}

# What the yaml of a parameter's help must say: the cmdlet's own word for it.
function Get-ExpectedYaml {
    param([System.Management.Automation.CommandInfo] $Command, [System.Management.Automation.ParameterMetadata] $Parameter)

    $sets = foreach ($set in $Parameter.ParameterSets.GetEnumerator() | Sort-Object Key) {
        $in = $set.Value
        $name = $set.Key -eq '__AllParameterSets' ? '(All)' : $set.Key
        $position = $in.Position -eq [int]::MinValue ? 'Named' : $in.Position
        "$name position=$position required=$($in.IsMandatory) pipeline=$($in.ValueFromPipeline) property=$($in.ValueFromPipelineByPropertyName) remaining=$($in.ValueFromRemainingArguments)"
    }
    $property = $Command.CommandType -eq 'Cmdlet' ? $Command.ImplementingType.GetProperty($Parameter.Name) : $null
    $wildcards = $property ? [Attribute]::IsDefined($property, [System.Management.Automation.SupportsWildcardsAttribute])
        : [bool] ($Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] })
    $accepted = if ($Parameter.ParameterType.IsEnum) { [enum]::GetNames($Parameter.ParameterType) }
    else { ($Parameter.Attributes | Where-Object { $_ -is [ValidateSet] }).ValidValues }
    [ordered] @{
        Type = $Parameter.ParameterType.ToString()
        DefaultValue = $property ? (Get-ExpectedDefault $Command $property) : (Get-ExpectedFunctionDefault $Command $Parameter.Name)
        SupportsWildcards = $wildcards
        Aliases = @($Parameter.Aliases) -join ', '
        DontShow = [bool] ($Parameter.Attributes | Where-Object { $_ -is [Parameter] -and $_.DontShow })
        AcceptedValues = @($accepted) -join ', '
        ParameterSets = @($sets) -join '; '
    }
}

# What a page says in the same words.
function Get-WrittenYaml {
    param([System.Collections.IDictionary] $Yaml)

    $sets = foreach ($set in $Yaml.ParameterSets | Sort-Object { $_.Name -eq '(All)' ? '__AllParameterSets' : $_.Name }) {
        "$($set.Name) position=$($set.Position) required=$($set.IsRequired) pipeline=$($set.ValueFromPipeline) property=$($set.ValueFromPipelineByPropertyName) remaining=$($set.ValueFromRemainingArguments)"
    }
    [ordered] @{
        Type = $Yaml.Type
        DefaultValue = $Yaml.DefaultValue
        SupportsWildcards = $Yaml.SupportsWildcards
        Aliases = @($Yaml.Aliases) -join ', '
        DontShow = $Yaml.DontShow
        AcceptedValues = @($Yaml.AcceptedValues) -join ', '
        ParameterSets = @($sets) -join '; '
    }
}

# What a parameter is when it isn't given: the value that a new cmdlet has for it. Nothing, where that says nothing.
function Get-ExpectedDefault {
    param([System.Management.Automation.CmdletInfo] $Command, [System.Reflection.PropertyInfo] $Property)

    $cmdlet = $Command.ImplementingType::new()
    try { $value = $Property.GetValue($cmdlet) } finally { if ($cmdlet -is [System.IDisposable]) { $cmdlet.Dispose() } }
    if ($null -eq $value -or $value -is [switch]) { return '' }
    if ($value -isnot [timespan]) { return @($value) -join ', ' }

    # As the parameter takes it.
    if ($value.TotalSeconds -lt 1) { "$($value.TotalMilliseconds)ms" }
    elseif ($value.TotalSeconds % 60) { "$($value.TotalSeconds)s" }
    else { "$($value.TotalMinutes)m" }
}

# The same of a function, as it is written there.
function Get-ExpectedFunctionDefault {
    param([System.Management.Automation.CommandInfo] $Command, [string] $Name)

    if ($Command.CommandType -ne 'Function') { return '' }

    $parameter = $Command.ScriptBlock.Ast.Body.ParamBlock.Parameters | Where-Object { $_.Name.VariablePath.UserPath -eq $Name }
    "$($parameter.DefaultValue)".Trim("'`"")
}

# The types that go into a cmdlet through the pipeline: as they are, or by their properties (any object, then).
function Get-ExpectedInput {
    param([System.Management.Automation.CommandInfo] $Command)

    $types = foreach ($parameter in $Command.Parameters.Values) {
        foreach ($set in $parameter.ParameterSets.Values) {
            if ($set.ValueFromPipeline) {
                $type = $parameter.ParameterType.IsArray ? $parameter.ParameterType.GetElementType() : $parameter.ParameterType
                # An argument type stands for all that PowerShell makes one from.
                if ($type.Namespace -eq 'PnetPS.Arguments') { $type.GetConstructors().ForEach{ $_.GetParameters()[0].ParameterType.FullName } }
                else { $type.FullName }
            }
            if ($set.ValueFromPipelineByPropertyName) { 'System.Management.Automation.PSObject' }
        }
    }
    $types ? @($types | Sort-Object -Unique) : @('None')
}

function Get-ExpectedOutput {
    param([System.Management.Automation.CommandInfo] $Command)

    $types = $Command.OutputType.Name | Sort-Object -Unique
    $types ? @($types) : @('None')
}
