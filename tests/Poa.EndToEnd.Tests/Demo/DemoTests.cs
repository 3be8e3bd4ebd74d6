using System.Text.RegularExpressions;
using Poa.EndToEnd.Tests.Processes;
using Xunit;

namespace Poa.EndToEnd.Tests.Demo;

public sealed class DemoTests
{
    [Fact]
    public async Task DemoQuickExit_FreshFolder_PrintsTablesAndLeavesADownloadedNetwork()
    {
        using var home = new TemporaryHome();
        await using var demo = PoaProcess.Start(home, "demo", "--quick", "--exit", "--home", home.Folder);

        var result = await demo.WaitAsync(TimeSpan.FromMinutes(4));

        Assert.True(result.ExitCode == 0, result.ToString());
        foreach (var words in (string[])["pre-trained", "untrained", "gain in points", "raw pixels:", "cost of pre-training:", "core-seconds", "Next:"])
        {
            Assert.Contains(words, result.Output, StringComparison.Ordinal);
        }

        // Four widths, each with three panels of four depths, in percent.
        Assert.Equal(4, Regex.Count(result.Output, @"^ +(48|64|80|96)( +[+-]?\d+\.\d){12}$", RegexOptions.Multiline));
        var model = Regex.Match(result.Output, @"^sub-network +(/.*model\.safetensors)$", RegexOptions.Multiline).Groups[1].Value;
        Assert.True(File.Exists(model), $"'{model}' is printed, but not there.");

        var again = await PoaProcess.RunAsync(home, "results", "latest", "--csv");
        Assert.Equal(17, again.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        // Any image will do to look at: one of a composed scene.
        var scenes = await PoaProcess.RunAsync(home, "scenes", "-o", home.PathOf("scenes"), "--count", "1", "--val-count", "1");
        Assert.True(scenes.ExitCode == 0, scenes.ToString());
        var shown = await PoaProcess.RunAsync(home, "show", "latest", "48x2", "--image", home.PathOf("scenes", "coco", "val", "000000000002.jpg"), "-o", home.PathOf("shown"));
        Assert.True(shown.ExitCode == 0, shown.ToString());
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], File.ReadAllBytes(home.PathOf("shown", "000000000002.attention.png"))[..4]);
    }
}
