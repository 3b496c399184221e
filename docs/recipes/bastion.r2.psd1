# A laptop reaches the SSH server of a machine that only a bastion can see. See bastion.md.
@{
    Name = 'bastion'
    Description = 'SSH through a bastion that carries it and can not read it'

    Nodes = @{
        laptop = @{}
        bastion = @{}
        server = @{
            Allow = 'laptop'
            Services = @{ ssh = 'tcp://127.0.0.1:{port:sshd}' }
        }
    }

    Links = 'laptop - bastion - server'

    # Only the laptop is let in, by the server. The bastion may use nothing: it relays.
    Trust = 'None'
}
