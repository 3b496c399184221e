using System.CommandLine.Completions;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;

namespace Pnet.Cli.Commands;

/// <summary><c>completion</c>: what a shell needs to complete command lines of <c>r2</c> and <c>r2d</c>.</summary>
/// <remarks>Each script hands the line and the cursor to <c>r2 "[suggest:CURSOR]" LINE</c>; see <see cref="CommandLine"/>.</remarks>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "pwsh"];

    private const string Bash = """
        _r2_complete() {
            local IFS=$'\n' word="${COMP_LINE:0:COMP_POINT}" found
            word="${word##*[[:space:]]}"
            found=($("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null))
            # Words end at colons here: what is before one is not to come twice.
            word="${word%"${word##*[:=]}"}"
            [[ $COMP_WORDBREAKS == *:* ]] || word=
            COMPREPLY=("${found[@]#"$word"}")
            [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default
        }
        complete -F _r2_complete r2 r2d
        """;

    private const string Zsh = """
        #compdef r2 r2d
        _r2_complete() {
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            found=(${found:#})
            (( ${#found} )) && compadd -- "${found[@]}" || _files
        }
        compdef _r2_complete r2 r2d
        """;

    private const string Fish = """
        function __r2_complete
            set -l line (commandline -cp)
            set -l program (commandline -po)[1]
            $program "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c r2 -a '(__r2_complete)'
        complete -c r2d -a '(__r2_complete)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName r2, r2d -ScriptBlock {
            param($word, $ast, $cursor)
            & $ast.CommandElements[0].Value "[suggest:$cursor]" "$ast".PadRight($cursor) 2>$null |
                Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    /// <summary>Builds the command.</summary>
    public static CliCommand Create()
    {
        var command = new CliCommand(
            "completion",
            "Print a script that completes r2 and r2d in a shell",
            "source <(r2 completion bash)                      # in ~/.bashrc; zsh: the same in ~/.zshrc",
            "r2 completion fish > ~/.config/fish/completions/r2.fish",
            "r2 completion pwsh | Out-String | Invoke-Expression   # in $PROFILE");
        var shell = command.Argument("SHELL", "bash, zsh, fish or pwsh", ScriptFor);
        shell.CompletionSources.Add(_ => Shells.Select(name => new CompletionItem(name)));
        return command.Does((parse, _) =>
        {
            using var printer = new Printer(json: false);
            printer.Line(parse.GetRequiredValue(shell));
            return Task.FromResult(ExitCode.Ok);
        });
    }

    private static string ScriptFor(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" or "powershell" => PowerShell,
        _ => throw new FormatException($"there is no script for '{shell}'; give bash, zsh, fish or pwsh"),
    };
}
