using System.Xml.Linq;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Architecture;

/// <summary>The layers' rules, read from the project files: references point one way, and the grains reach no tensors.</summary>
public sealed class ReferenceRulesTests
{
    /// <summary>What each project may name directly; anything else is a step in the wrong direction.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Poa.Elastic"] = [],
        ["Poa.Storage"] = [],
        ["Poa.Networks"] = ["Poa.Elastic"],
        ["Poa.Data"] = ["Poa.Elastic"],
        ["Poa.Training"] = ["Poa.Elastic", "Poa.Networks", "Poa.Data"],
        ["Poa.Evaluation"] = ["Poa.Elastic", "Poa.Networks", "Poa.Data"],
        ["Poa.Actors.Abstractions"] = ["Poa.Elastic"],
        ["Poa.Actors.Database"] = ["Poa.Actors.Abstractions"],
        ["Poa.Actors"] = ["Poa.Actors.Abstractions", "Poa.Storage"],
        ["Poa.Worker"] = ["Poa.Actors.Abstractions", "Poa.Storage", "Poa.Training", "Poa.Evaluation"],
        ["Poa.Actors.Client"] = ["Poa.Actors.Abstractions", "Poa.Actors.Database", "Poa.Storage"],
        ["Poa.Actors.Silo"] = ["Poa.Actors", "Poa.Actors.Database", "Poa.Worker", "Poa.Storage"],
        ["Poa.Telemetry"] = ["Poa.Actors.Abstractions"],
        ["Poa.Actors.Dashboard"] = ["Poa.Actors.Client", "Poa.Telemetry"],
        ["Poa.Cli"] = ["Poa.Actors.Silo", "Poa.Actors.Client", "Poa.Actors.Dashboard", "Poa.Telemetry"],
    };

    private static readonly string[] SourceFolders = ["src", "web"];

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Fact]
    public void SourceProjects_AreAllUnderTheRules() =>
        Assert.Equal(Allowed.Keys.Order(), ProjectNames().Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectReferences_PointDownwardsOnly(string project) =>
        Assert.Empty(References(project).Except(Allowed[project]));

    [Theory]
    [InlineData("Poa.Actors")]
    [InlineData("Poa.Actors.Abstractions")]
    [InlineData("Poa.Actors.Client")]
    [InlineData("Poa.Actors.Database")]
    [InlineData("Poa.Actors.Dashboard")]
    [InlineData("Poa.Telemetry")]
    [InlineData("Poa.Storage")]
    [InlineData("Poa.Elastic")]
    [InlineData("Poa.Data")]
    public void Project_ThatKnowsNoTensors_ReachesNoTensorPackage(string project) =>
        Assert.DoesNotContain(Closure(project).SelectMany(Packages), package =>
            package.StartsWith("TorchSharp", StringComparison.OrdinalIgnoreCase) || package.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase));

    [Theory]
    [InlineData("Poa.Elastic")]
    [InlineData("Poa.Networks")]
    [InlineData("Poa.Data")]
    [InlineData("Poa.Training")]
    [InlineData("Poa.Evaluation")]
    [InlineData("Poa.Storage")]
    public void Project_ThatKnowsNoActors_ReachesNoOrleansPackage(string project) =>
        Assert.DoesNotContain(Closure(project).SelectMany(Packages), package => package.StartsWith("Microsoft.Orleans", StringComparison.Ordinal));

    [Fact]
    public void Closure_OfTheWorker_ReachesTheTensorPackage() =>
        // The tests above look through the same closure: here it must find what they say is absent elsewhere.
        Assert.Contains("TorchSharp", Closure("Poa.Worker").SelectMany(Packages));

    private static IEnumerable<string> ProjectNames() => SourceFolders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories))
        .Select(file => Path.GetFileNameWithoutExtension(file)!);

    private static XDocument Load(string project) =>
        XDocument.Load(SourceFolders.Select(folder => Path.Combine(Repository.Root, folder, project, project + ".csproj")).Single(File.Exists));

    private static IEnumerable<string> References(string project) =>
        Load(project).Descendants("ProjectReference").Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value.Replace('\\', '/')));

    private static IEnumerable<string> Packages(string project) =>
        Load(project).Descendants("PackageReference").Select(e => e.Attribute("Include")!.Value);

    private static HashSet<string> Closure(string project)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([project]);
        while (open.TryPop(out var next))
        {
            if (reached.Add(next))
            {
                foreach (var reference in References(next))
                {
                    open.Push(reference);
                }
            }
        }

        return reached;
    }
}
