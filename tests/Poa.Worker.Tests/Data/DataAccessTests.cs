using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Worker.Data;
using Xunit;

namespace Poa.Worker.Tests.Data;

/// <summary>Folders: <c>allowed</c> is the data root, <c>outside</c> and <c>allowed-too</c> lie beside it.</summary>
public sealed class DataAccessTests : IDisposable
{
    private readonly string folder = RealPath.Of(Directory.CreateTempSubdirectory("poa-access-").FullName);

    public DataAccessTests()
    {
        foreach (var name in (string[])["allowed/photos", "allowed-too", "outside/secret"])
        {
            Directory.CreateDirectory(At(name));
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("folder:{0}/allowed/photos")]
    [InlineData("{0}/allowed")]
    [InlineData("{0}/allowed/")]
    [InlineData("{0}/allowed/photos/../photos/.")]
    [InlineData("{0}/outside/../allowed/photos")]
    [InlineData("{0}/allowed/not-there")]
    [InlineData("imagenet:{0}/allowed?split=val")]
    [InlineData("fashion-mnist:{0}/allowed/photos")]
    [InlineData("demo?split=train")]
    [InlineData("coco:{0}/allowed?split=val")]
    [InlineData("coco:{0}/allowed?images=photos&annotations={0}/allowed/photos/a.json")]
    [InlineData("ade20k:{0}/allowed/photos")]
    public void Parse_Within_IsAllowed(string specification) => Access().Parse(Text(specification));

    [Theory]
    [InlineData("folder:{0}/outside")]
    [InlineData("{0}/outside/not-there")]
    [InlineData("{0}/allowed-too")]
    [InlineData("{0}/allowed/../outside")]
    [InlineData("{0}/allowed/photos/../../outside/secret")]
    [InlineData("folder:{0}/allowed/..")]
    [InlineData("imagenet:{0}/outside?split=train")]
    [InlineData("fashion-mnist:{0}/allowed/../outside")]
    [InlineData("fashion-mnist:")]
    [InlineData("/")]
    [InlineData("~")]
    [InlineData("coco:{0}/outside")]
    [InlineData("coco:{0}/allowed?images=../outside")]
    [InlineData("coco:{0}/allowed?annotations={0}/outside/a.json")]
    [InlineData("ade20k:{0}/outside?split=validation")]
    public void Parse_Outside_IsRefusedWithTheFoldersThereAre(string specification)
    {
        var error = Assert.Throws<PoaException>(() => Access().Parse(Text(specification)));

        Assert.Equal(ErrorCodes.DataNotAllowed, error.Code);
        Assert.Contains(At("allowed"), error.Remedy, StringComparison.Ordinal);
        Assert.Contains("--data-root", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_LinksThatLeadOut_AreRefused()
    {
        Link("allowed/absolute", At("outside"));
        Link("allowed/relative", "../outside/secret");
        Link("allowed/twice", "absolute");
        Link("allowed/up", "..");
        Link("allowed/circle", "circle");
        Link("allowed/split/train", At("outside"));

        foreach (var name in (string[])["absolute", "relative", "twice", "up", "up/outside", "absolute/secret", "circle", "absolute/not-there"])
        {
            Assert.Equal(ErrorCodes.DataNotAllowed, Assert.Throws<PoaException>(() => Access().Parse(At($"allowed/{name}"))).Code);
        }

        Assert.Equal(ErrorCodes.DataNotAllowed, Assert.Throws<PoaException>(() => Access().Parse($"imagenet:{At("allowed/split")}?split=train")).Code);
        Assert.Equal(ErrorCodes.DataNotAllowed, Assert.Throws<PoaException>(() => Access().Parse($"coco:{At("allowed/split")}?split=train")).Code);
    }

    [Fact]
    public void Parse_LinksThatStayWithin_AreFollowed()
    {
        Link("allowed/inner", "photos");
        Link("outside/way-in", At("allowed/photos"));

        Access().Parse(At("allowed/inner"));
        Access().Parse(At("outside/way-in"));
    }

    [Fact]
    public void Parse_RootIsItselfALink_MeansItsTarget()
    {
        Link("root", At("allowed"));

        var access = new DataAccess([At("root")]);

        access.Parse(At("root/photos"));
        access.Parse(At("allowed/photos"));
        Assert.Throws<PoaException>(() => access.Parse(At("outside")));
    }

    [Fact]
    public void Parse_DotsBehindALink_MeanWhatIsOpened()
    {
        // The system would go to outside/.. ; what is opened and what is checked is the path without dots.
        Link("allowed/away", At("outside/secret"));

        Assert.Equal(At("allowed/photos"), Access().Parse(At("allowed/away/../photos")).Path);
        Assert.Equal(At("allowed/photos"), Access().Parse($"fashion-mnist:{At("allowed/away/../photos")}").Path);
    }

    [Fact]
    public void Parse_NoRoots_AllowsAnyFolder() => new DataAccess([]).Parse(At("outside"));

    [Fact]
    public void Parse_NulInThePath_IsNoSpecification() => Assert.Throws<DatasetException>(() => Access().Parse(At("allowed/\0")));

    [Fact]
    public void Create_RootThatIsNoFolder_NamesIt() =>
        Assert.Contains(At("nowhere"), Assert.Throws<PoaException>(() => new DataAccess([At("nowhere")])).Message, StringComparison.Ordinal);

    private DataAccess Access() => new([At("allowed")]);

    private string At(string name) => Path.Combine(folder, name);

    private string Text(string specification) => specification.Replace("{0}", folder, StringComparison.Ordinal);

    private void Link(string name, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        Directory.CreateSymbolicLink(At(name), target);
    }
}
