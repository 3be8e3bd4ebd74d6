using Poa.Cli.Commands;
using Xunit;

namespace Poa.Cli.Tests.Commands;

public sealed class CommandLineTests
{
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public static TheoryData<string> CommandNames =>
        [.. CommandList.All(new CliContext(TextWriter.Null, TextWriter.Null, false, 100, TimeProvider.System)).Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(CommandNames))]
    public async Task Help_OfEveryCommand_ShowsExamplesAlthoughArgumentsAreMissing(string command)
    {
        Assert.Equal(ExitCodes.Success, await RunAsync(command, "--help"));

        Assert.Contains($"poa {command}", output.ToString().Split("Examples:")[1], StringComparison.Ordinal);
        Assert.Empty(error.ToString());
    }

    [Fact]
    public async Task Help_OfTheProgram_ListsCommandsAndExitCodes()
    {
        Assert.Equal(ExitCodes.Success, await RunAsync("--help"));

        Assert.All(CommandNames, command => Assert.Contains($"  {command.Data} ", output.ToString(), StringComparison.Ordinal));
        Assert.Contains("130 interrupted", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Examples:", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("extract", "latest")]
    [InlineData("runs", "--nonsense")]
    [InlineData("logs", "latest", "--lines", "-1")]
    [InlineData("evaluate", "latest", "--benchmark", "nonsense")]
    [InlineData("show", "latest", "48x2", "--what", "boxes", "-o", "x")]
    [InlineData("show", "latest", "48x2", "--what", "coco", "--image", "a.png", "-o", "x")]
    [InlineData("show", "latest", "48x2", "--size", "20", "-o", "x")]
    public async Task Run_WrongArguments_IsAUsageErrorWithARemedy(params string[] arguments)
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync(arguments));

        Assert.StartsWith("error: ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("remedy: see `poa", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData("train", "--preset", "demo-quick", "--data", "demo", "--priority", "101")]
    [InlineData("evaluate", "latest", "--priority", "-101")]
    public async Task Run_PriorityOutOfRange_IsAUsageErrorThatNamesTheRange(params string[] arguments)
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync(arguments));

        Assert.Contains("[-100, 100]", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public async Task Config_Preset_PrintsWhatLoadsAgain()
    {
        Assert.Equal(ExitCodes.Success, await RunAsync("config", "--preset", "demo-quick", "train.threads=1", "optim.epochs=7"));

        var again = Elastic.PoaConfiguration.Load([new("printed", output.ToString())]);
        Assert.Equal(7, again.Optim.Epochs);
        Assert.Contains(again.Fingerprint, output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_Recipe_PrintsTheFixedSizeNetworkAsOneCell()
    {
        Assert.Equal(ExitCodes.Success, await RunAsync("config", "--preset", "demo", "--recipe", "dinov2"));
        Assert.Contains("# 1 sub-networks from 96x5 to 96x5", output.ToString(), StringComparison.Ordinal);
        Assert.True(Elastic.PoaConfiguration.Load([new("printed", output.ToString())]).Ibot.SeparateHead);

        Assert.Equal(ExitCodes.Success, await RunAsync("config", "--recipes"));
        Assert.EndsWith(string.Join(Environment.NewLine, Elastic.ConfigurationRecipes.Names) + Environment.NewLine, output.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] arguments) => PoaCommandLine.RunAsync(
        arguments, new CliContext(output, error, false, 100, TimeProvider.System), TestContext.Current.CancellationToken);
}
