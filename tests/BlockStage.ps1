# What the suites of script blocks look at. Dot-source it in BeforeAll, after Common.ps1.

# The runspaces and threads of script blocks that run just now.
function Get-BlockRunspace { Get-Runspace | Where-Object Name -Like 'PnetPS*' }
function Get-BlockThread {
    Get-ChildItem "/proc/$PID/task/*/comm" -ErrorAction Ignore | Where-Object { (Get-Content $_ -ErrorAction Ignore) -like 'PnetPS script*' }
}

# What happened at a node so far, waited for.
function Wait-Event {
    param([object] $Node, [string] $Kind, [string] $Like = '*', [int] $Count = 1)

    Wait-Condition -What "$Count $Kind at $Node" {
        @(Read-Event $Node $Kind | Where-Object Message -Like $Like).Count -ge $Count
    }
    Read-Event $Node $Kind | Where-Object Message -Like $Like
}

function Read-Event([object] $Node, [string] $Kind) {
    Get-R2Event -Node $Node | Where-Object Kind -Like $Kind
}
