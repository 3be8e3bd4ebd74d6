using Poa.Actors.Abstractions;

namespace Poa.Actors.Database.Tests;

public sealed class ClusterAddressTests
{
    private const string Text = "Host=db.example.org;Database=poa;Username=poa;Password=very-secret";

    [Fact]
    public void FromEnvironment_NothingSet_NoCluster() => Assert.Null(ClusterAddress.FromEnvironment(_ => null));

    [Fact]
    public void FromEnvironment_Variables_AllRead()
    {
        var address = ClusterAddress.FromEnvironment(name => name switch
        {
            ClusterAddress.DatabaseVariable => Text,
            ClusterAddress.ClusterIdVariable => "blue",
            _ => null,
        })!;
        Assert.Equal(("db.example.org:5432", "poa", "blue", "poa", true), (address.Server, address.Database, address.ClusterId, address.ServiceId, address.HasPassword));
    }

    [Fact]
    public void FromEnvironment_MountedFile_Read()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Text + "\n");
            Assert.Equal("poa", ClusterAddress.FromEnvironment(name => name == ClusterAddress.DatabaseVariable + SecretVariables.FileSuffix ? file : null)!.Database);
            File.WriteAllText(file, "");
            var e = Assert.Throws<PoaException>(() => ClusterAddress.FromEnvironment(name => name.EndsWith(SecretVariables.FileSuffix, StringComparison.Ordinal) ? file : null));
            Assert.Contains(file, e.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void ToString_OfAnAddress_HoldsNoSecret() =>
        Assert.DoesNotContain("very-secret", ClusterAddress.Parse(Text).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("postgresql://poa:very-secret@db/poa")]
    [InlineData("Database=poa;Password=very-secret")]
    [InlineData("Host=db;Port=very-secret")]
    public void Parse_Unusable_RefusedWithoutRepeatingIt(string text)
    {
        var e = Assert.Throws<PoaException>(() => ClusterAddress.Parse(text));
        Assert.Equal(ErrorCodes.InvalidArgument, e.Code);
        Assert.DoesNotContain("very-secret", e.ToString(), StringComparison.Ordinal);
    }
}
