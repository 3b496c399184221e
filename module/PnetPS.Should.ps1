# Pester operators: Should -BeR2Reachable, -HaveR2Peer, -ServeR2Service. What they find out comes from cmdlets of the module;
# here it is only compared with what was expected and put into words. Read by Register-R2ShouldOperator into the module.

function script:Add-R2ShouldOperator($Cmdlet) {
    $pester = Get-Module Pester | Where-Object Version -GE '5.5'
    if (-not $pester) {
        $record = [System.Management.Automation.ErrorRecord]::new(
            [System.InvalidOperationException]::new('Pester 5.5 or later is not in this session'), 'PesterNotLoaded', 'ResourceUnavailable', 'Pester')
        $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($record.Exception.Message)
        $record.ErrorDetails.RecommendedAction = 'Import-Module Pester first.'
        $Cmdlet.ThrowTerminatingError($record)
    }

    foreach ($name in $shouldOperators.Keys) {
        # A module that is imported again finds them there; they call whichever copy is in the session.
        if (-not (& $pester { param($Name) $script:AssertionOperators.ContainsKey($Name) } $name)) {
            & $pester { param($Name, $Test) Add-ShouldOperator -Name $Name -InternalName "Should-$Name" -Test $Test } $name $shouldOperators[$name]
        }
    }
}

$script:shouldOperators = [ordered] @{
    BeR2Reachable = {
        param($ActualValue, [switch] $Negate, [string] $Because, $From, $Within, $CallerSessionState)
        & (Get-Module PnetPS) { param($With) Assert-R2Reachable @With } $PSBoundParameters
    }
    HaveR2Peer = {
        param($ActualValue, $Peer, [switch] $Negate, [string] $Because, $From, $Within, $CallerSessionState)
        & (Get-Module PnetPS) { param($With) Assert-R2Peer @With } $PSBoundParameters
    }
    ServeR2Service = {
        param($ActualValue, [string] $Service, [switch] $Negate, [string] $Because, $From, $Within, $CallerSessionState)
        & (Get-Module PnetPS) { param($With) Assert-R2Service @With } $PSBoundParameters
    }
}

function script:Assert-R2Reachable($ActualValue, [switch] $Negate, [string] $Because, $From, $Within, $CallerSessionState) {
    $start = Get-StartingPoint $From
    Test-Expectation $Within $Negate {
        $route = Find-R2Route $ActualValue @start -ErrorAction Stop
        @{
            Met = $route.Success
            Message = $Negate ?
                "Expected $ActualValue not to be reachable from $($route.Node)$(Format-Reason $Because), but it is: $route" :
                "Expected $ActualValue to be reachable from $($route.Node)$(Format-Reason $Because), but it is not: $route"
        }
    }
}

function script:Assert-R2Peer($ActualValue, $Peer, [switch] $Negate, [string] $Because, $From, $Within, $CallerSessionState) {
    Test-Expectation $Within $Negate {
        $asked = Get-Asked $ActualValue $From
        $wanted = "Expected $ActualValue $($Negate ? 'not ' : '')to have the peer $Peer$(Format-Reason $Because)"
        if ($asked.Failure) {
            return @{ Met = $false; Failed = $true; Message = "$wanted, but it can't be asked: $($asked.Failure)" }
        }

        # What is relayed goes through links of others: it is no neighbour.
        $at = $asked.Arguments
        $peers = @(Get-R2Peer @at -ErrorAction Stop | Where-Object { -not $_.Via })
        $up = @($peers | Where-Object State -EQ Up)
        $found = @($up | Where-Object { $Peer -is [PnetPS.R2Node] -or $Peer -is [PnetPS.R2Peer] ? $_.Id -eq $Peer.Id : $_.Name -like $Peer -or $_.Id -clike "$Peer*" })
        $links = @($peers | ForEach-Object { "$_ ($($_.State -eq 'Up' ? (Format-RoundTrip $_.RoundTrip) : "$($_.State)$($_.Error ? ": $($_.Error)" : '')".ToLowerInvariant()))" })
        $there = $links ? "its peers are $($links -join ', ')" : 'it has no peers'
        @{ Met = $found.Count -gt 0; Message = "$wanted, but $there$($asked.Way)" }
    }
}

function script:Assert-R2Service($ActualValue, [string] $Service, [switch] $Negate, [string] $Because, $From, $Within, $CallerSessionState) {
    Test-Expectation $Within $Negate {
        $asked = Get-Asked $ActualValue $From
        $wanted = "Expected $ActualValue $($Negate ? 'not ' : '')to serve $Service$($From ? " to $From" : '')$(Format-Reason $Because)"
        if ($asked.Failure) {
            return @{ Met = $false; Failed = $true; Message = "$wanted, but it can't be asked: $($asked.Failure)" }
        }

        $at = $asked.Arguments
        try {
            $services = @(Get-R2Service @at -ErrorAction Stop)
            $there = $services ? "it serves $($services.Name -join ', ')" : 'it serves nothing'
        }
        catch {
            # Who may not look may not use either.
            if ($_.FullyQualifiedErrorId -notlike 'PeerRefused*') { throw }
            $services = @()
            $there = 'it refuses to tell what it serves'
        }
        @{ Met = $services.Name -ccontains $Service; Message = "$wanted, but $there$($asked.Way)" }
    }
}

# Looks until what is expected is so, or the time is up: once where none is given. One who can't be asked at all
# meets no expectation, and its contrary neither.
function script:Test-Expectation($Within, [bool] $Negate, [scriptblock] $Look) {
    $bound = $null -eq $Within ? [timespan]::Zero : [timespan] [PnetPS.R2Duration] $Within
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    do {
        $seen = & $Look
        $succeeded = $seen.Met -ne $Negate -and -not $seen.Failed
        if ($succeeded) { break }
        Start-Sleep -Milliseconds 50
    } while ($watch.Elapsed -lt $bound)

    [pscustomobject] @{
        Succeeded = $succeeded
        FailureMessage = "$($seen.Message)$($bound -gt [timespan]::Zero ? " (after $([PnetPS.R2Duration] $bound))" : '')"
    }
}

# The node to ask and, from elsewhere, the way to it. Who can't be reached is told hop by hop.
function script:Get-Asked($Node, $From) {
    if (-not $From) { return @{ Arguments = @{ Node = $Node } } }

    $route = Find-R2Route $Node -From $From -ErrorAction Stop
    if (-not $route.Success) { return @{ Failure = "$route" } }
    @{ Arguments = @{ Node = $route.Node; Target = $route.Address }; Way = " ($route)" }
}

function script:Get-StartingPoint($From) { $From ? @{ From = $From } : @{} }

function script:Format-Reason([string] $Because) { $Because ? ", because $($Because -replace '^because\s+')" : '' }

function script:Format-RoundTrip($Time) { $Time -eq [PnetPS.R2Duration]::Never ? 'up' : "up, $Time" }
