using System.Globalization;
using Poa.Testing;
using Xunit;

namespace Poa.Cli.Tests.Commands;

public sealed class DatabaseCommandTests
{
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    [Theory]
    [InlineData("init")]
    [InlineData("status")]
    public async Task Database_NobodyThere_NamesHostAndPort(string command)
    {
        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        Assert.Equal(ExitCodes.HostUnavailable, await RunAsync("db", command, "--connection", $"Host=127.0.0.1;Port={port};Database=poa;Username=poa"));
        Assert.Contains($"127.0.0.1:{port}", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_PasswordAsAnArgument_RefusedAndNotRepeated()
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync("db", "init", "--connection", "Host=127.0.0.1;Password=very-secret"));
        Assert.Contains("PGPASSWORD", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("db", "init")]
    [InlineData("silo", "--role", "control")]
    public async Task Command_OfAClusterWithoutOne_SaysWhichVariable(params string[] arguments)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("POA_CLUSTER_DATABASE") is { Length: > 0 }, "POA_CLUSTER_DATABASE is set.");
        Assert.Equal(ExitCodes.Usage, await RunAsync(arguments));
        Assert.Contains("POA_CLUSTER_DATABASE", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_NobodyThere_SaysSo()
    {
        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        Assert.Equal(ExitCodes.HostUnavailable, await RunAsync("health", "--health-port", port));
        Assert.Contains(port, error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] arguments) => PoaCommandLine.RunAsync(
        arguments, new CliContext(output, error, false, 100, TimeProvider.System), TestContext.Current.CancellationToken);
}
