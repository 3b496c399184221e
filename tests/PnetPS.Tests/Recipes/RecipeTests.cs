using static PnetPS.Tests.Recipes.Written;

namespace PnetPS.Tests.Recipes;

public sealed class RecipeTests
{
    [Fact]
    public void A_recipe_says_what_its_keys_say()
    {
        var recipe = Sound(Map(
            ("Name", "sites"),
            ("Trust", "neighbours"),
            ("Nodes", Map(
                ("alice", Map(("Listen", "unix://{path:alice}"), ("Allow", "bob"), ("TunnelProcess", "cat"), ("NoRelay", true), ("KeepAlive", "5s"))),
                ("bob", Map()))),
            ("Links", List("alice - bob")),
            ("Services", List(Map(("Node", "bob"), ("Name", "web"), ("Transport", "tcp://127.0.0.1:{port:web}"), ("Allow", "*"))))));

        Assert.Equal("sites", recipe.Name);
        Assert.Equal(R2RecipeTrust.Neighbours, recipe.Trust);
        var alice = recipe.Nodes[0];
        Assert.Equal(["unix://{path:alice}"], alice.Listen);
        Assert.Equal(["bob"], alice.Allow);
        Assert.False(alice.Relay);
        Assert.Equal(TimeSpan.FromSeconds(5), alice.KeepAlive);
        Assert.Equal(["alice - bob"], recipe.Links.Select(link => link.ToString()));
        Assert.Equal(["alice/service:tunnel", "bob/service:web"], recipe.Services.Select(service => service.ToString()));
    }

    [Fact]
    public void Names_alone_are_nodes_and_a_row_of_names_is_links() =>
        Assert.Equal(
            ["alice - bob", "bob - carol"],
            Sound(Map(("Nodes", List("alice", "bob", "carol")), ("Links", "alice - bob - carol"))).Links.Select(link => link.ToString()));

    [Fact]
    public void Variables_refer_to_each_other_in_any_order_and_can_be_given()
    {
        var recipe = Map(
            ("Variables", Map(("Greeting", "hello {var:Who}"), ("Who", "world"))),
            ("Nodes", Map(("alice", Map(("TunnelProcess", "echo {var:greeting}"))))));
        Assert.Equal("echo hello world", Sound(recipe).Services[0].Transport);
        Assert.Equal("echo hello you", Sound(recipe, ("who", "you")).Services[0].Transport);
    }

    [Fact]
    public void A_node_has_what_its_template_says_unless_it_says_otherwise()
    {
        var recipe = Sound(Map(
            ("Templates", Map(
                ("base", Map(("Listen", "unix://{path:x}"), ("Services", Map(("echo", "cat"), ("time", "date"))))),
                ("site", Map(("Like", "base"), ("NoRelay", true))))),
            ("Nodes", Map(("alice", Map(("Like", "site"), ("Services", Map(("time", "date -u")))))))));
        var node = Assert.Single(recipe.Nodes);
        Assert.False(node.Relay);
        Assert.Single(node.Listen);
        Assert.Equal([("time", "date -u"), ("echo", "cat")], recipe.Services.Select(service => (service.Name, (string)service.Transport)));
    }

    [Fact]
    public void A_topology_makes_nodes_or_links_those_that_are_there()
    {
        var recipe = Sound(Map(
            ("Nodes", Map(("hub", Map()))),
            ("Templates", Map(("leaf", Map(("NoRelay", true))))),
            ("Topology", List(
                Map(("Type", "Star"), ("Nodes", List("hub", "a", "b")), ("Like", "leaf")),
                Map(("Type", "Ring"), ("Count", 3), ("Prefix", "r")))),
            ("Links", "hub - r1")));
        Assert.Equal(["hub", "a", "b", "r1", "r2", "r3"], recipe.Nodes.Select(node => node.Name));
        Assert.Equal([true, false, false, true, true, true], recipe.Nodes.Select(node => node.Relay));
        Assert.Equal(["hub - r1", "hub - a", "hub - b", "r1 - r2", "r2 - r3", "r3 - r1"], recipe.Links.Select(link => link.ToString()));
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once_with_its_path()
    {
        var (recipe, errors) = Read(Map(
            ("Nodes", Map(("alice", Map(("Listen", "tcp://127.0.0.1"))), ("bob", Map(("TunelProcess", "cat"))))),
            ("Links", List("alice - bob", "bob - alice", Map(("From", "bob"), ("To", "carol")), "bob - bob")),
            ("Topolgy", 3)));
        Assert.Null(recipe);
        Assert.Collection(
            errors,
            error => Assert.StartsWith("Topolgy: there is no such key: did you mean Topology?", error, StringComparison.Ordinal),
            error => Assert.StartsWith("Nodes.bob.TunelProcess: there is no such key: did you mean TunnelProcess?", error, StringComparison.Ordinal),
            error => Assert.StartsWith("Links[1]: bob and alice are linked already, by Links[0]", error, StringComparison.Ordinal),
            error => Assert.StartsWith("Links[2].To: there is no node carol", error, StringComparison.Ordinal),
            error => Assert.StartsWith("Links[3]: bob is linked to itself", error, StringComparison.Ordinal),
            error => Assert.StartsWith("Nodes.alice.Listen: No port", error, StringComparison.Ordinal));
    }

    public static TheoryData<string, object, string> Mistakes => new()
    {
        { "no nodes", Map(), "Nodes: a recipe needs nodes" },
        { "not a table", "alice", "it must be a table" },
        { "a node that is a number", Map(("Nodes", Map(("alice", 3)))), "Nodes.alice: it must be a table such as @{ TunnelProcess = 'cat' }, or @{} for a node without settings, not 3" },
        { "a bad name", Map(("Nodes", "al ice")), "Nodes: 'al ice' is not a node name" },
        { "a name twice", Map(("Nodes", List("alice", "Alice"))), "Nodes[1]: there is a node Alice already" },
        { "a flag that is text", Map(("Nodes", Map(("alice", Map(("NoRelay", "yes")))))), "Nodes.alice.NoRelay: it must be $true or $false, not text" },
        { "a duration", Map(("Nodes", Map(("alice", Map(("KeepAlive", "2h")))))), "Nodes.alice.KeepAlive: it must be from 1 second to 1 hour" },
        { "an unknown friend", Map(("Nodes", Map(("alice", Map(("Allow", "bob")))))), "Nodes.alice.Allow: bob is no node of the recipe" },
        { "an unknown template", Map(("Nodes", Map(("alice", Map(("Like", "sit"))))), ("Templates", Map(("site", Map())))), "Nodes.alice.Like: there is no template sit: did you mean site?" },
        { "templates in a circle", Map(("Nodes", "alice"), ("Templates", Map(("b", Map(("Like", "a"))), ("a", Map(("Like", "b")))))), "Templates.a.Like: templates are like each other in a circle: a -> b -> a" },
        { "variables in a circle", Map(("Nodes", "alice"), ("Variables", Map(("A", "{var:B}"), ("B", "{var:A}")))), "Variables.A: variables refer to each other in a circle: A -> B -> A" },
        { "an unknown variable", Map(("Nodes", Map(("alice", Map(("TunnelProcess", "{var:Wo}"))))), ("Variables", Map(("Who", "x")))), "Nodes.alice.TunnelProcess: there is no variable Wo: did you mean Who?" },
        { "a mistyped kind", Map(("Nodes", Map(("alice", Map(("Listen", "tcp://127.0.0.1:{prot:x}")))))), "Nodes.alice.Listen: {prot:x} stands for nothing: did you mean {port:x}?" },
        { "a path out of the folder", Map(("Nodes", Map(("alice", Map(("Listen", "unix://{path:../x}")))))), "Nodes.alice.Listen: {path:../x} has no good name" },
        { "a link that is none", Map(("Nodes", "alice"), ("Links", "alice-bob")), "Links: 'alice-bob' is no link: the right form is 'alice - bob'" },
        { "a link without an end", Map(("Nodes", "alice"), ("Links", Map(("From", "alice")))), "Links.To: it is missing" },
        { "a service without a transport", Map(("Nodes", "a"), ("Services", Map(("Node", "a"), ("Name", "web")))), "Services.Transport: it is missing" },
        { "a service twice", Map(("Nodes", Map(("a", Map(("Services", Map(("web", "cat"))))))), ("Services", Map(("Node", "a"), ("Name", "web"), ("Transport", "cat")))), "Services.Name: a has a service web already" },
        { "stdio", Map(("Nodes", Map(("a", Map(("TunnelProcess", "-")))))), "Nodes.a.TunnelProcess: '-' is the standard input and output" },
        { "an unknown topology", Map(("Topology", Map(("Type", "Rong"), ("Count", 3)))), "Topology.Type: there is no Rong: did you mean Ring?" },
        { "a topology without nodes", Map(("Topology", Map(("Type", "Ring")))), "Topology: it has no nodes" },
        { "a key of another topology", Map(("Topology", Map(("Type", "Ring"), ("Count", 3), ("Degree", 2)))), "Topology.Degree: it means nothing for Ring, only for Random" },
        { "a degree that can't be", Map(("Topology", Map(("Type", "Random"), ("Count", 5), ("Degree", 3)))), "Topology.Degree: 5 nodes can't have 3 links each" },
        { "too large a mesh", Map(("Topology", Map(("Type", "Mesh"), ("Count", 200)))), "Topology: it has 19900 links" },
        { "too many nodes", Map(("Topology", Map(("Type", "Line"), ("Count", 300)))), "Topology.Count: it must be a whole number from 1 to 256, not 300" },
        { "an unknown trust", Map(("Nodes", "a"), ("Trust", "Neighbors")), "Trust: there is no Neighbors: did you mean Neighbours?" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_where_it_is(string name, object recipe, string error)
    {
        var (read, errors) = Read(recipe);
        Assert.Null(read);
        Assert.True(errors.Length == 1 && errors[0].StartsWith(error, StringComparison.Ordinal), $"{name}: {string.Join("\n", errors)}");
    }

    [Fact]
    public void Braces_of_programs_are_left_alone() =>
        Assert.Equal("awk '{print $1}' {lines:all}", Sound(Map(("Nodes", Map(("a", Map(("TunnelProcess", "awk '{print $1}' {lines:all}"))))))).Services[0].Transport);

    [Fact]
    public void A_variable_that_grows_without_end_is_an_error()
    {
        var variables = Enumerable.Range(1, 40).Select(i => ($"v{i}", (object)$"{{var:v{i - 1}}}{{var:v{i - 1}}}")).Prepend(("v0", "0123456789"));
        var (_, errors) = Read(Map(("Nodes", "a"), ("Variables", Map([.. variables]))));
        Assert.Contains(errors, error => error.Contains("more than 65536 characters", StringComparison.Ordinal));
    }

    /// <summary>Whatever is written where, it is a recipe or it has an error with a path; reading never fails otherwise.</summary>
    [Fact]
    public void Anything_that_can_be_written_is_read()
    {
        string[] words = ["Nodes", "Links", "Services", "Topology", "Type", "Count", "Like", "alice", "bob", "alice - bob", "Ring", "{var:x}", "{port:y}", "*", "Variables", "Templates", "x", "", "tcp://h:1", "From", "To", "Allow"];
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var (recipe, errors) = Read(Any(random, words, 0));
            Assert.True(recipe is null != (errors.Length == 0), $"seed {seed}");
        }
    }

    private static object Any(Random random, string[] words, int depth) => random.Next(depth == 0 ? 1 : depth > 4 ? 3 : 6) switch
    {
        0 when depth < 5 => Enumerable.Range(0, random.Next(6)).Select(_ => words[random.Next(words.Length)]).Distinct().ToDictionary(key => key, _ => Any(random, words, depth + 1)),
        1 => random.Next(-1, 300),
        2 => random.Next(2) == 0,
        3 => Enumerable.Range(0, random.Next(4)).Select(_ => Any(random, words, depth + 1)).ToArray(),
        _ => words[random.Next(words.Length)],
    };
}
