using System.Globalization;
using Poa.Testing;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Poa.Cli.Tests.Deployment;

/// <summary>The manifests hang together, and ask `poa` for what there is. No Kubernetes is needed, nor asked.</summary>
public sealed class KubernetesTests
{
    private static readonly string Folder = Path.Combine("infra", "kubernetes");
    private static readonly YamlMappingNode Kustomization = YamlFile.Read(Folder, "kustomization.yaml").Single();
    private static readonly IReadOnlyList<YamlMappingNode> Objects = [.. Kustomization.Texts("resources").SelectMany(file => YamlFile.Read(Folder, file))];

    public static TheoryData<string> Workloads => [.. Objects.Where(o => o.Find("spec", "template") is not null).Select(o => o.Text("metadata", "name"))];

    [Fact]
    public void Kustomization_Resources_AreTheFilesOfTheFolder() => Assert.Equal(
        Directory.GetFiles(Path.Combine(Repository.Root, Folder), "*.yaml").Select(file => Path.GetFileName(file)!).Where(file => file != "kustomization.yaml").Order(),
        Kustomization.Texts("resources").Order());

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Workload_Container_AsksForWhatThereIs(string name)
    {
        var pod = Objects.Single(o => o.Text("metadata", "name") == name && o.Find("spec", "template") is not null).Find("spec", "template", "spec")!;
        var container = Assert.Single(pod.Items("containers"));
        var arguments = container.Texts("args");
        Containers.AssertParses(name, arguments);
        Assert.Contains(container.Text("image"), Kustomization.Items("images").Select(image => image.Text("name")));
        var environment = Settings(container);
        Containers.AssertKnown(name, environment);
        Assert.NotNull(container.Find("resources", "requests", "memory"));
        Assert.NotNull(container.Find("resources", "limits", "memory"));
        Assert.Equal("true", pod.Text("securityContext", "runAsNonRoot"));

        // Every mount is of a volume that is there, and every secret that is named lies in a mount.
        var volumes = pod.Items("volumes").Select(volume => volume.Text("name")).Concat(
            Objects.Where(o => o.Text("metadata", "name") == name).SelectMany(o => o.Items("spec", "volumeClaimTemplates")).Select(claim => claim.Text("metadata", "name")));
        Assert.Subset(volumes.ToHashSet(), container.Items("volumeMounts").Select(mount => mount.Text("name")).ToHashSet());
        var mounts = container.Items("volumeMounts").Select(mount => mount.Text("mountPath")).ToList();
        Assert.All(environment.Where(variable => variable.Key.EndsWith("_FILE", StringComparison.Ordinal)), variable => Assert.Contains(Path.GetDirectoryName(variable.Value), mounts));

        if (arguments[0] == "silo")
        {
            AssertSilo(name, pod, container, environment);
        }
    }

    [Fact]
    public void Workers_OnCards_GoToNodesThatHaveThem()
    {
        var pod = Objects.Single(o => o.Text("metadata", "name") == "poa-worker-gpu" && o.Text("kind") == "StatefulSet").Find("spec", "template", "spec")!;
        Assert.Equal("true", pod.Text("nodeSelector", "nvidia.com/gpu.present"));
        Assert.Equal("nvidia.com/gpu", pod.Items("tolerations").Single().Text("key"));
        var resources = pod.Items("containers").Single().Find("resources")!;
        Assert.Equal(("1", "1"), (resources.Text("requests", "nvidia.com/gpu"), resources.Text("limits", "nvidia.com/gpu")));
    }

    [Fact]
    public void ControlSilos_SeveralAndOneAlwaysThere()
    {
        var control = Objects.Single(o => o.Text("metadata", "name") == "poa-control" && o.Text("kind") == "StatefulSet");
        Assert.True(int.Parse(control.Text("spec", "replicas"), CultureInfo.InvariantCulture) >= 2);
        var budget = Objects.Single(o => o.Text("kind") == "PodDisruptionBudget");
        Assert.Equal("1", budget.Text("spec", "minAvailable"));
        Assert.Equal(control.Text("spec", "selector", "matchLabels", "app"), budget.Text("spec", "selector", "matchLabels", "app"));
    }

    private static void AssertSilo(string name, YamlNode pod, YamlNode container, Dictionary<string, string> environment)
    {
        Containers.AssertTimeToDrain(name, int.Parse(pod.Text("terminationGracePeriodSeconds"), CultureInfo.InvariantCulture), environment);
        Assert.Equal(["POA_ADVERTISED_ADDRESS", "POA_SILO_NAME"], container.Items("env").Select(variable => variable.Text("name")).Order());
        var port = container.Items("ports").Single(p => p.Text("name") == "health").Text("containerPort");
        Assert.Equal(environment["POA_HEALTH_PORT"], port);
        foreach (var (probe, path) in ((string, string)[])[("startupProbe", "/health/live"), ("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready")])
        {
            Assert.Equal((path, "health"), (container.Text(probe, "httpGet", "path"), container.Text(probe, "httpGet", "port")));
        }
    }

    /// <summary>What the container's settings say: the config maps that it takes whole.</summary>
    private static Dictionary<string, string> Settings(YamlNode container) => container.Items("envFrom")
        .Select(source => source.Text("configMapRef", "name"))
        .SelectMany(map => Objects.Single(o => o.Text("kind") == "ConfigMap" && o.Text("metadata", "name") == map).Map("data"))
        .ToDictionary(pair => pair.Key, pair => ((YamlScalarNode)pair.Value).Value!);
}
