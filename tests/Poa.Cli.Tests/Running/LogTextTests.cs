using Poa.Cli.Running;
using Xunit;

namespace Poa.Cli.Tests.Running;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("", "a b", "a b")]
    [InlineData("a b", "a b", "")]
    [InlineData("a b", "a b c d", "c d")]
    [InlineData("a b c", "b c d", "d")] // the oldest line fell off
    [InlineData("a a", "a a a", "a")]
    [InlineData("a b", "x y", "x y")] // everything fell off
    [InlineData("a b", "", "")]
    public void After_ALogThatGrew_IsWhatIsNew(string before, string now, string expected) =>
        Assert.Equal(Words(expected), LogText.After(Words(before), Words(now)).ToArray());

    [Fact]
    public void Lines_OfAText_HaveNoEmptyOneAtTheEnd()
    {
        Assert.Equal(["a", "", "b"], LogText.Lines("a\n\nb\n"));
        Assert.Empty(LogText.Lines(""));
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
