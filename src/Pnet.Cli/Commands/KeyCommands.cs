using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Crypto;

namespace Pnet.Cli.Commands;

/// <summary><c>key new</c>, <c>key show</c>, <c>key network</c>: key files. No node is needed.</summary>
internal static class KeyCommands
{
    private const string DefaultFile = "The file [default: the user's own]";

    /// <summary>Builds the commands.</summary>
    public static CliCommand Create(GlobalOptions options)
    {
        var key = new CliCommand("key", "Make and show key files", "r2 key new", "r2 key show", "r2 key network office.psk");
        key.Add(New(options));
        key.Add(Show(options));
        key.Add(Network(options));
        return key;
    }

    private static CliCommand New(GlobalOptions options)
    {
        var command = new CliCommand("new", "Make a node's key; the id is printed", "r2 key new", "r2 key new --force bob.key");
        var force = command.Flag("--force", "-f", "Replace the key that is there; it is lost");
        var file = command.Argument("FILE", DefaultFile, text => text, optional: true);
        return command.Does((parse, _) =>
        {
            string path = parse.GetValue(file) ?? KeyFile.DefaultPath;
            using var key = NodeKey.Generate();
            KeyFile.Save(path, key, parse.GetValue(force));
            return Write(parse.GetValue(options.Json), new KeyView(Path.GetFullPath(path), "node", key.Id));
        });
    }

    private static CliCommand Show(GlobalOptions options)
    {
        var command = new CliCommand("show", "Show the id that a key file holds", "r2 key show");
        var file = command.Argument("FILE", DefaultFile, text => text, optional: true);
        return command.Does((parse, _) =>
        {
            string path = parse.GetValue(file) ?? KeyFile.DefaultPath;
            using var key = KeyFile.Load(path);
            return Write(parse.GetValue(options.Json), new KeyView(Path.GetFullPath(path), "node", key.Id));
        });
    }

    private static CliCommand Network(GlobalOptions options)
    {
        var command = new CliCommand("network", "Make a network's shared key; give every node of the network the file", "r2 key network office.psk");
        var force = command.Flag("--force", "-f", "Replace the key that is there; it is lost");
        var file = command.Argument("FILE", "The file", text => text);
        return command.Does((parse, _) =>
        {
            string path = parse.GetRequiredValue(file);
            using var key = NetworkKey.Generate();
            key.Save(path, parse.GetValue(force));
            return Write(parse.GetValue(options.Json), new KeyView(Path.GetFullPath(path), "network", null));
        });
    }

    private static Task<int> Write(bool json, KeyView view)
    {
        using var printer = new Printer(json);
        if (json)
            printer.Document(view, JsonText.Of<KeyView>());
        else
            printer.Line(view.Id?.ToString() ?? view.File);
        return Task.FromResult(ExitCode.Ok);
    }
}
