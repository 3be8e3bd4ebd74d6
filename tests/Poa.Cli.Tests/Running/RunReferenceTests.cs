using Poa.Cli.Running;
using Xunit;

namespace Poa.Cli.Tests.Running;

public sealed class RunReferenceTests
{
    private static readonly string[] Runs = ["poa-20261123-4f2a", "poa-20261123-4f", "poa-20261122-9c01"];

    [Theory]
    [InlineData("latest", "poa-20261123-4f2a")]
    [InlineData("poa-20261122", "poa-20261122-9c01")]
    [InlineData("poa-20261123-4f", "poa-20261123-4f")] // a whole id wins over being the begin of another
    public void Resolve_FittingText_FindsTheRun(string text, string expected) => Assert.Equal(expected, RunReference.Resolve(text, Runs));

    [Fact]
    public void Resolve_SeveralFit_NamesThem()
    {
        var error = Assert.Throws<CliException>(() => RunReference.Resolve("poa-", Runs));

        Assert.Equal(ExitCodes.Usage, error.ExitCode);
        Assert.Contains("poa-20261122-9c01", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other")]
    [InlineData("poa-20261123-4f2a-more")]
    public void Resolve_NoneFits_IsNotFound(string text) =>
        Assert.Equal(ExitCodes.NotFound, Assert.Throws<CliException>(() => RunReference.Resolve(text, Runs)).ExitCode);

    [Fact]
    public void Resolve_NoRuns_SaysHowToStartOne() =>
        Assert.Contains("poa train", Assert.Throws<CliException>(() => RunReference.Resolve("latest", [])).Remedy, StringComparison.Ordinal);
}
