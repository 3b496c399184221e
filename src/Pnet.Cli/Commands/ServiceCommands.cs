using Pnet.Addressing;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;
using Pnet.Services.Files;

namespace Pnet.Cli.Commands;

/// <summary><c>serve</c>, <c>unserve</c>, <c>services</c>: what a node offers.</summary>
internal static class ServiceCommands
{
    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [Serve(options), Unserve(options), List(options)];

    private static CliCommand Serve(GlobalOptions options)
    {
        var command = new CliCommand(
            "serve",
            "Offer a program or a connection to other nodes",
            "r2 serve -n ssh /usr/sbin/sshd -i",
            "r2 serve -n web --allow '*' tcp://127.0.0.1:80",
            "r2 serve -n web --listen tcp://0.0.0.0:8080",
            "r2 serve --directory /srv/share --write")
        { WordsBeforeTransport = 0, FindsNodes = false };
        var name = command.Option<string?>("--name", "-n", "NAME", $"The service's name [default: {ServiceRequest.DefaultName}]", ServiceName.Validate, null);
        var allow = command.Many("--allow", null, "ID|NAME|*", "Who may use it beside known nodes; * is anyone");
        var listen = command.Option<string?>("--listen", "-l", "ENDPOINT", "Listen here, and hand each connection to whoever waits for one: r2 tunnel -R", text => text, null);
        var directory = command.Option<string?>("--directory", "-D", "DIR", "Share the files in a directory: r2 cp; the service's name is files unless given", Path.GetFullPath, null);
        var write = command.Flag("--write", "-w", "Let others copy files into the directory too");
        var words = command.Words("TRANSPORT", "A command line or a URI; it is opened anew for each tunnel", TransportWords.ReadServed, optional: true);
        command.Validators.Add(result =>
        {
            var (listens, given) = (result.GetResult(listen) is not null, result.GetResult(words)?.Tokens.Count > 0);
            bool shares = result.GetResult(directory) is not null;
            if (shares && (listens || given))
                result.AddError("with --directory the service is that directory, and there is neither TRANSPORT nor --listen");
            else if (!shares && result.GetValue(write))
                result.AddError("--write goes with --directory");
            else if (shares)
                return;
            else if (listens && given)
                result.AddError("with --listen there is no TRANSPORT: what comes there is what the service has");
            else if (!listens && !given)
                result.AddError("TRANSPORT is missing: a command line or a URI");
        });
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            string? endpoint = session.Parse.GetValue(listen);
            string? shared = session.Parse.GetValue(directory);
            var request = new ServiceRequest
            {
                Name = session.Parse.GetValue(name) ?? (shared is null ? ServiceRequest.DefaultName : FileTarget.DefaultService),
                Transport = shared ?? endpoint ?? session.Parse.GetRequiredValue(words),
                Listen = endpoint is not null,
                Share = shared is null ? FileSharing.None : session.Parse.GetValue(write) ? FileSharing.Writable : FileSharing.ReadOnly,
                Allow = session.Parse.GetValue(allow) ?? [],
            };
            var service = await session.Node.AddServiceAsync(request, cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
                session.Out.Document(service, JsonText.Of<ServiceInfo>());
            else
                session.Out.Line(Terminal.Clean($"service:{service.Name} {(service.Listen ? "listens at" : shared is null ? "is" : "shares")} {service.Transport}"));
            return ExitCode.Ok;
        });
    }

    private static CliCommand Unserve(GlobalOptions options)
    {
        var command = new CliCommand("unserve", "Stop offering a service; tunnels that are open stay", "r2 unserve ssh") { FindsNodes = false };
        var name = command.Argument("NAME", "The service's name", ServiceName.Validate);
        name.CompletesOwn(options, (node, token) => node.GetServicesAsync(token), service => service.Name);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            await session.Node.RemoveServiceAsync(session.Parse.GetRequiredValue(name), cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        });
    }

    private static CliCommand List(GlobalOptions options)
    {
        var command = new CliCommand("services", "List the services of the node, or of another", "r2 services", "r2 services bob");
        var address = command.Argument("ADDRESS", "Another node; it lists those that this one may use", NodePath.Read, optional: true);
        address.CompletesNode(options);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            INodeControl node = session.Parse.GetValue(address) is { Depth: > 0 } path ? session.Node.At(path) : session.Node;
            var services = await node.GetServicesAsync(cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
            {
                session.Out.Document(services, JsonText.Of<IReadOnlyList<ServiceInfo>>());
                return ExitCode.Ok;
            }

            var table = new TextTable("NAME", "OPEN>", "TOTAL>", "ALLOW", "TRANSPORT");
            foreach (ServiceInfo service in services)
            {
                string allow = service.Allow.Count == 0 ? "known" : string.Join(", ", service.Allow.Select(Identity.Shorten));
                table.Add(service.Name, Human.Count(service.Active), Human.Count(service.Total), allow, service.Listen ? $"listening {service.Transport}".TrimEnd() : service.Transport);
            }

            table.Write(session.Out);
            return ExitCode.Ok;
        });
    }
}
