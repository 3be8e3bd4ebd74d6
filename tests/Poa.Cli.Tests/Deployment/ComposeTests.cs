using System.Globalization;
using Poa.Testing;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Poa.Cli.Tests.Deployment;

/// <summary>docker-compose.yml hangs together, and asks `poa` for what there is. Docker itself is not needed, nor asked.</summary>
public sealed class ComposeTests
{
    public static TheoryData<string> Services => [.. ComposeFile.Services.Keys];

    public static TheoryData<string> OfPoa => [.. ComposeFile.OfPoa.Keys];

    [Fact]
    public void Services_AsWhole_AreACluster()
    {
        string[] roles = [.. ComposeFile.OfPoa.Keys.Select(ComposeFile.Command).Where(command => command[0] == "silo").Select(command => command[Array.IndexOf(command, "--role") + 1])];
        Assert.Equal(["control", "control", "worker", "worker"], roles.Order());
        Assert.Contains(ComposeFile.OfPoa.Keys, service => ComposeFile.Command(service)[0] == "dashboard");
        Assert.Contains(ComposeFile.OfPoa.Keys, service => ComposeFile.Command(service) is ["db", "init"]);
        Assert.Subset(ComposeFile.Services.Keys.ToHashSet(), new HashSet<string> { "database", "blobs" });
    }

    [Theory]
    [MemberData(nameof(OfPoa))]
    public void Service_OfPoa_CommandVariablesAndGraceFit(string service)
    {
        var node = ComposeFile.Services[service];
        Containers.AssertParses(service, ComposeFile.Command(service));
        var environment = node.Map("environment").ToDictionary(pair => pair.Key, pair => ((YamlScalarNode)pair.Value).Value!);
        Containers.AssertKnown(service, environment);
        if (node.Texts("healthcheck", "test") is ["CMD", "poa", .. var check])
        {
            Containers.AssertParses(service, check);
        }

        if (ComposeFile.Command(service)[0] == "silo")
        {
            Assert.True(node.Find("healthcheck", "test") is not null, "A silo has a health check.");
            Containers.AssertTimeToDrain(service, int.Parse(node.Text("stop_grace_period").TrimEnd('s'), CultureInfo.InvariantCulture), environment);
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Service_WhatItRefersTo_IsThere(string service)
    {
        var node = ComposeFile.Services[service];
        Assert.Subset(ComposeFile.Services.Keys.ToHashSet(), node.Map("depends_on").Keys.ToHashSet());
        foreach (var kind in (string[])["secrets", "networks"])
        {
            Assert.Subset(ComposeFile.Root.Map(kind).Keys.ToHashSet(), node.Texts(kind).ToHashSet());
        }

        var volumes = node.Texts("volumes").Select(volume => volume.Split(':')[0]).Where(volume => !volume.StartsWith('.'));
        Assert.Subset(ComposeFile.Root.Map("volumes").Keys.ToHashSet(), volumes.ToHashSet());
        // A mounted secret that is named is one that the service has.
        var mounted = node.Map("environment").Values.OfType<YamlScalarNode>().Select(value => value.Value!).Where(value => value.StartsWith("/run/secrets/", StringComparison.Ordinal));
        Assert.Subset(node.Texts("secrets").ToHashSet(), mounted.Select(path => Path.GetFileName(path)).ToHashSet());
        if (node.Find("build") is { } build)
        {
            var dockerfile = File.ReadAllText(Path.Combine(Repository.Root, build.Text("dockerfile")));
            Assert.Contains($" AS {build.Text("target")}\n", dockerfile, StringComparison.Ordinal);
        }
    }
}
