# What build.ps1 -Task Docs makes of the pages in en-US for Get-Help: text without markdown's marks. Dot-source it.

$helpColumns = 79

# A text without what marks words in markdown, and with each paragraph in one line. Lists keep their lines.
function ConvertTo-PlainText {
    param([AllowEmptyString()] [string] $Text)

    $paragraphs = foreach ($paragraph in $Text.Trim() -split '\n[ \t\u0080]*\n') {
        ($paragraph -replace '\n(?! *(- |\d+\. |\|))', ' ' -replace ' {2,}', ' ').Trim()
    }
    $paragraphs -join "`n`n" -replace '\*\*(.+?)\*\*', '$1' -replace '`([^`]+)`', '$1' -replace '\[([^\]]+)\]\(https?:[^)]+\)', '$1' `
        -replace '\[([^\]]+)\]\([^)]+\)', '$1'
}

# Lines of a width.
function Format-Column {
    param([string] $Text, [int] $Width, [string] $First = '', [string] $Next = $First)

    $line = $First
    foreach ($word in $Text -split ' ') {
        if ($line.Trim() -and "$line $word".Length -gt $Width) {
            $line
            $line = "$Next$word"
        }
        else { $line = $line.Trim() ? "$line $word" : "$line$word" }
    }
    $line
}

# A table of markdown as columns; the last one is wrapped.
function Format-MarkdownTable {
    param([string[]] $Row)

    $cells = @(foreach ($line in $Row | Where-Object { $_ -notmatch '^\|[-:| ]+\|$' }) { , @((ConvertTo-PlainText $line.Trim('|', ' ')) -split ' *\| *') })
    $last = $cells[0].Count - 1
    $widths = foreach ($column in 0..$last) { ($cells | ForEach-Object { $_[$column].Length } | Measure-Object -Maximum).Maximum }
    foreach ($line in $cells) {
        $start = -join (0..($last - 1) | ForEach-Object { $line[$_].PadRight($widths[$_] + 2) })
        $wrapped = @(Format-Column $line[$last] ([math]::Max(20, $helpColumns - 4 - $start.Length)))
        "    $start$($wrapped[0])".TrimEnd()
        $wrapped | Select-Object -Skip 1 | ForEach-Object { (' ' * ($start.Length + 4)) + $_ }
    }
}

# An about topic as Get-Help shows it: headings, indented text, examples and tables as they stand.
function ConvertTo-AboutText {
    param([string] $Path)

    $lines = Get-Content -LiteralPath $Path
    $fenced, $paragraph, $table = $false, @(), @()
    $finish = {
        if ($table) { Format-MarkdownTable $table }
        elseif ($paragraph) {
            foreach ($item in (ConvertTo-PlainText ($paragraph -join "`n")) -split "`n") { Format-Column $item $helpColumns '    ' ($item -match '^- ' ? '      ' : '    ') }
        }
        $paragraph, $table = @(), @()
    }
    foreach ($line in $lines) {
        if ($line -match '^```') {
            . $finish
            $fenced = -not $fenced
        }
        elseif ($fenced) { "        $line".TrimEnd() }
        elseif ($line -match '^(#+) (.*)') {
            . $finish
            switch ($Matches[1].Length) {
                1 { 'TOPIC'; "    $($Matches[2])" }
                2 { $Matches[2].ToUpperInvariant() }
                default { "  $(ConvertTo-PlainText $Matches[2])" }
            }
        }
        elseif ($line -match '^    \S') {
            . $finish
            "    $line"
        }
        elseif ($line -match '^\|') { $table += $line }
        elseif ($line -match '\S') { $paragraph += $line }
        else {
            . $finish
            ''
        }
    }
    . $finish
}

# What PlatyPS makes of the pages, put right for Get-Help: plain text, code as code, links by their names.
function Edit-Maml {
    param([string] $Path)

    $maml = [xml]::new()
    $maml.Load($Path)
    $names = [System.Xml.XmlNamespaceManager]::new($maml.NameTable)
    $names.AddNamespace('maml', 'http://schemas.microsoft.com/maml/2004/10')
    $names.AddNamespace('command', 'http://schemas.microsoft.com/maml/dev/command/2004/10')
    $names.AddNamespace('dev', 'http://schemas.microsoft.com/maml/dev/2004/10')
    # A paragraph that is empty is left out by Get-Help, and U+0080, which PlatyPS writes, is a control character.
    $blank = [string] [char] 0xA0

    function Set-Paragraph($Parent, [string[]] $Text) {
        while ($Parent.HasChildNodes) { $null = $Parent.RemoveChild($Parent.FirstChild) }
        foreach ($one in $Text) {
            $null = $Parent.AppendChild($maml.CreateElement('maml', 'para', 'http://schemas.microsoft.com/maml/2004/10')).InnerText = $one ? $one : $blank
        }
    }

    foreach ($example in $maml.SelectNodes('//command:example', $names)) {
        $example.SelectSingleNode('maml:title', $names).InnerText = $example.SelectSingleNode('maml:title', $names).InnerText -replace '^-* ?(Example \d+:.*?) ?-*$', '--- $1 ---'
        $introduction = $example.SelectSingleNode('maml:introduction', $names)
        $text = ($introduction.SelectNodes('maml:para', $names) | ForEach-Object { $_.InnerText -replace "^\u0080$" }) -join "`n"
        $words, $blocks = [regex]::new('(?m)^(?=```)').Split($text, 2) + ''
        $code, $remarks = $null, @()
        foreach ($part in [regex]::Matches($blocks[0], '(?s)```(\w*)\n(.*?)\n```|([^`]+)')) {
            if ($part.Groups[3].Success) { if ($part.Value.Trim()) { $remarks += '', (ConvertTo-PlainText $part.Value) } }
            elseif ($null -eq $code) { $code = $part.Groups[2].Value }
            else { $remarks += '', $part.Groups[2].Value }
        }
        # Get-Help shows the code first: nothing separates it from an introduction.
        Set-Paragraph $introduction @()
        $example.SelectSingleNode('dev:code', $names).InnerText = $code
        Set-Paragraph $example.SelectSingleNode('dev:remarks', $names) (@(ConvertTo-PlainText $words) + $remarks)
    }

    foreach ($paragraph in $maml.SelectNodes('//maml:para[not(ancestor::command:example)]', $names)) {
        $paragraph.InnerText = $paragraph.InnerText -match '^\u0080?$' ? $blank : (ConvertTo-PlainText $paragraph.InnerText)
    }
    foreach ($link in $maml.SelectNodes('//maml:navigationLink', $names)) {
        $uri = $link.SelectSingleNode('maml:uri', $names)
        if ($link.SelectSingleNode('maml:linkText', $names).InnerText -eq 'Online Version' -and -not $uri.InnerText) { $null = $link.ParentNode.RemoveChild($link) }
        elseif ($uri.InnerText -notmatch '^https?:') { $uri.InnerText = '' }
    }

    $maml.Save($Path)
}
