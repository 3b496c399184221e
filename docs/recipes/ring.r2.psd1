# Twenty nodes in a ring: each has two links, so that one can be lost. See ring.md.
@{
    Name = 'ring'
    Description = 'A ring of twenty that survives a cut'

    Topology = @{ Type = 'Ring'; Count = 20; Prefix = 'n' }

    # Traffic finds its way round by asking; nobody needs a right to do more than that.
    Trust = 'Neighbours'
}
