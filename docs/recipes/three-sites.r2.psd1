# Two sites that can't see each other, and a router that both can reach. See three-sites.md.
@{
    Name = 'three-sites'
    Description = 'Two sites that meet at a router'

    # What the router relays it can't read, and it may use nothing of what the sites offer each other.
    Trust = 'None'

    Nodes = @{
        paris = @{
            Allow = 'tokyo'
            Services = @{ digest = 'sha256sum' }
        }
        router = @{}
        tokyo = @{
            Allow = 'paris'
            Services = @{ clock = 'date -u +%H:%M' }
        }
    }

    # The sites open the links, as one does from behind a firewall: nobody can open one to them.
    Links = 'paris - router', 'tokyo - router'
}
