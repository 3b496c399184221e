#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeDiscovery {
    $sshd = Get-Command sshd, /usr/sbin/sshd -ErrorAction Ignore | Select-Object -First 1
    $missing = -not ($sshd -and (Get-Command ssh, ssh-keygen -ErrorAction Ignore).Count -eq 2)
}

Describe 'SSH through a bastion' -Skip:$missing {
    BeforeAll {
        Import-Module PnetPS
        $lab = New-R2Lab "$PSScriptRoot/bastion.r2.psd1"

        # An SSH server of its own: its keys, its configuration, the port that the lab has chosen. Nobody else's are touched.
        $here = $lab.Folder
        foreach ($key in 'host', 'client') { ssh-keygen -q -t ed25519 -N '' -f "$here/$key" }
        Copy-Item "$here/client.pub" "$here/authorized_keys"
        "server $(Get-Content "$here/host.pub")" | Set-Content "$here/known_hosts"
        @(
            'ListenAddress 127.0.0.1'
            "Port $($lab.Ports['sshd'])"
            "HostKey $here/host"
            "AuthorizedKeysFile $here/authorized_keys"
            'PidFile none'
            'UsePAM no'
            'StrictModes no'
            'PermitRootLogin yes'
            'PasswordAuthentication no'
        ) | Set-Content "$here/sshd_config"
        if ([System.Environment]::IsPrivilegedProcess) { $null = New-Item /run/sshd -ItemType Directory -Force }
        $program = (Get-Command sshd, /usr/sbin/sshd -ErrorAction Ignore | Select-Object -First 1).Source
        $sshd = Start-Process $program '-D', '-e', '-f', "$here/sshd_config" -PassThru -RedirectStandardError "$here/sshd.log"
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (Select-String 'Server listening' "$here/sshd.log" -Quiet)) {
            if ($sshd.HasExited -or $watch.Elapsed.TotalSeconds -gt 30) { throw "sshd does not listen: $(Get-Content "$here/sshd.log" -Raw)" }
            Start-Sleep -Milliseconds 20
        }

        # ssh with nothing of the user's own. The key of the server is known by its name, whatever the port.
        $options = '-F', 'none', '-i', "$here/client", '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'HostKeyAlias=server',
            '-o', "UserKnownHostsFile=$here/known_hosts", '-o', 'GlobalKnownHostsFile=/dev/null'
    }

    AfterAll {
        if ($sshd) {
            $sshd.Kill($true)
            $sshd.WaitForExit()
        }

        $lab | Remove-R2Lab
    }

    It 'lets the laptop reach the server, and only through the bastion' {
        $lab['laptop'] | Should -Not -HaveR2Peer $lab['server']
        $lab['server'] | Should -BeR2Reachable -From $lab['laptop']
    }

    It 'offers the SSH server to the laptop, and not to the bastion' {
        $lab['server'] | Should -ServeR2Service ssh -From $lab['laptop']
        $lab['server'] | Should -Not -ServeR2Service ssh -From $lab['bastion'] -Because 'it relays and uses nothing'
    }

    It 'carries a session, by a port of the laptop' {
        $port = { $socket = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0); $socket.Start(); $socket.LocalEndpoint.Port; $socket.Stop() }.Invoke()[0]
        $tunnel = Find-R2Route server -From $lab['laptop'] | New-R2Tunnel -Service ssh -Listen "tcp://127.0.0.1:$port"
        try {
            $said = ssh @options -p $port 127.0.0.1 'echo through; id -un' 2>&1
            $LASTEXITCODE | Should -Be 0 -Because "ssh said: $said"
            $said | Should -Be 'through', ([System.Environment]::UserName)
        }
        finally {
            $tunnel | Remove-R2Tunnel
        }
    }

    It 'ends with the link to the bastion' {
        Suspend-R2LabLink laptop bastion -Lab $lab
        $lab['server'] | Should -Not -BeR2Reachable -From $lab['laptop'] -Within 10s
    }
}
