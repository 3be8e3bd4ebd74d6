using Poa.Cli.Hosting;
using Xunit;

namespace Poa.Cli.Tests.Hosting;

public sealed class HomeFolderTests
{
    [Theory]
    [InlineData("/asked", "/variable", "/xdg", "/asked")]
    [InlineData(null, "/variable", "/xdg", "/variable")]
    [InlineData(null, null, "/xdg", "/xdg/poa")]
    [InlineData(null, "", null, "/home/somebody/.local/share/poa")]
    public void Resolve_TheFirstThatIsSet_Wins(string? asked, string? variable, string? xdg, string expected) =>
        Assert.Equal(expected, HomeFolder.Resolve(asked, name => name switch
        {
            "POA_HOME" => variable,
            "XDG_DATA_HOME" => xdg,
            "HOME" => "/home/somebody",
            _ => null,
        }));
}
