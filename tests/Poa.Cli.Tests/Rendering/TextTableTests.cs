using Poa.Cli.Rendering;
using Xunit;

namespace Poa.Cli.Tests.Rendering;

public sealed class TextTableTests
{
    [Fact]
    public void Lines_MixedAlignment_PadsToTheWidestCell()
    {
        var table = new TextTable(new TextColumn("RUN"), new TextColumn("STEPS", Right: true)).Row("demo-1", "7").Row("x", "123456");

        Assert.Equal(["RUN      STEPS", "demo-1       7", "x       123456"], table.Lines());
    }

    [Fact]
    public void Row_WrongNumberOfCells_Throws() =>
        Assert.Throws<ArgumentException>(() => new TextTable(new TextColumn("A")).Row("1", "2"));
}
