using System.Collections;
using System.Management.Automation;
using System.Text;
using Pnet;
using PnetPS.Arguments;
using PnetPS.Graphs;
using PnetPS.Graphs.Sources;
using PnetPS.Hosting;
using PnetPS.Recipes;

namespace PnetPS.Commands;

/// <summary>Draws nodes and the links between them: as a picture, for Mermaid or Graphviz, or as JSON.</summary>
[Cmdlet(VerbsData.Export, "R2Graph", DefaultParameterSetName = NodeSet, SupportsShouldProcess = true)]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ExportR2GraphCommand : R2NodeCmdlet
{
    private const string NodeSet = "Node";
    private const string LabSet = "Lab";
    private const string RecipeSet = "Recipe";

    private readonly List<R2Node> _nodes = [];
    private readonly List<string> _warnings = [];
    private R2Lab? _lab;

    /// <summary>The file to write; its extension tells the format: <c>.svg</c>, <c>.mmd</c>, <c>.dot</c>, <c>.gv</c>, <c>.json</c>. Without it, the text is put out.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The nodes to draw with their peers: objects, or names or ids of nodes of this process. Without it, all nodes of this process.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = NodeSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public override NodeArgument? Node { get; set; }

    /// <summary>The lab to draw: an object, or its name. Links that are cut are dashed.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = LabSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(LabCompleter))]
    public LabArgument? Lab { get; set; }

    /// <summary>The recipe to draw: a file such as <c>three-sites.r2.psd1</c>. Nothing of it is executed or started.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RecipeSet)]
    [ValidateNotNullOrEmpty]
    public string? Recipe { get; set; }

    /// <summary>Values for the recipe's variables.</summary>
    [Parameter(ParameterSetName = RecipeSet)]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    /// <summary>How the graph is written; <c>Svg</c> where neither this nor a file's extension tells.</summary>
    [Parameter]
    public GraphFormat? Format { get; set; }

    /// <summary>How many links away from the nodes others may be, 1 to 16; those on the way are asked for their links.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [ValidateRange(1, 16)]
    public int Depth { get; set; } = 1;

    /// <summary>How long any one node may take to answer: seconds, or as in <c>500ms</c>; 5 seconds unless said otherwise.</summary>
    [Parameter(ParameterSetName = NodeSet)]
    [Parameter(ParameterSetName = LabSet)]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What the picture is called; it says what is drawn unless said otherwise.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <summary>Replaces a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Puts out the file that was written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Path ?? base.ErrorTarget;

    /// <inheritdoc/>
    protected override void Process()
    {
        if (Node is not null)
            _nodes.Add(ResolveNode(Node));
        if (Lab is not null && _lab is not null)
            throw new PnetException(PnetError.Usage, $"a picture is of one lab, and {_lab} is drawn already", "Export each lab to a file of its own.");
        _lab = Lab?.ToLab();
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        // What can be seen to be wrong is told before anybody is asked.
        var path = Path is null ? null : FullPath(Path);
        var format = Format ?? (path is null ? GraphFormat.Svg : GraphWriter.FormatOf(path));
        if (path is not null && File.Exists(path) && !Force)
            throw new PnetException(PnetError.AlreadyExists, $"{path} is there already", "Give -Force to replace it.");

        var graph = Look();
        var text = GraphWriter.Write(graph, format);
        if (path is null)
            WriteObject(text);
        else if (ShouldProcess(path, $"Write {graph}"))
            Save(path, text);
    }

    private Graph Look()
    {
        if (Recipe is not null)
            return Read(FullPath(Recipe));

        var nodes = _lab is null ? Nodes() : [];
        var survey = new NetworkSurvey(Depth, Timeout, _warnings.Add);
        var graph = _lab is { } lab
            ? Await(stopping => LabGraph.AskAsync(lab, survey, Title, stopping), $"Asking the nodes of {lab}")
            : Await(stopping => survey.AskAsync(nodes, Title, stopping), "Asking for links");
        _warnings.ForEach(WriteWarning);
        return graph;
    }

    private List<R2Node> Nodes()
    {
        if (_nodes.Count == 0)
            _nodes.AddRange(SocketPath is null && ModuleState.Nodes.All is { Count: > 0 } all ? all : [ResolveNode()]);
        return _nodes;
    }

    private Graph Read(string path)
    {
        var (recipe, errors) = RecipeSource.ReadFile(path, RecipeSource.Variables(Variable));
        return recipe is null ? throw new RecipeException(path, errors) : RecipeGraph.Of(recipe, Title);
    }

    private void Save(string path, string text)
    {
        // Another file of that name may have come meanwhile.
        using (var file = new FileStream(path, Force ? FileMode.Create : FileMode.CreateNew, FileAccess.Write))
            file.Write(Encoding.UTF8.GetBytes(text));
        if (PassThru)
            WriteObject(new FileInfo(path));
    }
}
