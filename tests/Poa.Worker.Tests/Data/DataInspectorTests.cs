using Poa.Actors.Abstractions;
using Poa.Worker.Data;
using Poa.Worker.Execution;
using Xunit;

namespace Poa.Worker.Tests.Data;

public sealed class DataInspectorTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("poa-inspect-").FullName;
    private readonly DataInspector inspector = new(new DataAccess([]), TimeProvider.System);

    public void Dispose()
    {
        inspector.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Inspect_Demo_TellsImagesClassesAndSizes()
    {
        var found = await inspector.InspectAsync("demo", TestContext.Current.CancellationToken);

        Assert.Equal(("demo?split=train", 10_000, false, 10), (found.Data, found.Images, found.IsLowerBound, found.Classes));
        Assert.Equal("Trouser", found.ClassNames[1]);
        Assert.Equal((32, 0), (found.Sample.Length, found.Unreadable));
        Assert.All(found.Sample, image => Assert.Equal((28, 28), (image.Width, image.Height)));
    }

    [Fact]
    public async Task Inspect_UnreadableFiles_AreCountedAndNamed()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "a.jpg"), "no picture", TestContext.Current.CancellationToken);

        var found = await inspector.InspectAsync(folder, TestContext.Current.CancellationToken);

        Assert.Equal((1, 1, (int?)null), (found.Images, found.Unreadable, found.Classes));
        Assert.EndsWith("a.jpg", found.Sample[0].Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/folder", "/no/such/folder")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("demo?split=nonsense", "split=nonsense")]
    [InlineData("", "empty")]
    public async Task Inspect_CannotBeUsed_SaysWhatAndWhatToDo(string data, string named)
    {
        var error = await Assert.ThrowsAsync<PoaException>(() => inspector.InspectAsync(data, TestContext.Current.CancellationToken));

        Assert.Equal(WorkErrorCodes.InvalidData, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public async Task Inspect_OutsideTheDataRoots_IsRefused()
    {
        using var restricted = new DataInspector(new DataAccess([folder]), TimeProvider.System);

        var error = await Assert.ThrowsAsync<PoaException>(() => restricted.InspectAsync("/usr", TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCodes.DataNotAllowed, error.Code);
    }

    [Fact]
    public async Task Inspect_AfterErrorsAndCancellations_GoesOn()
    {
        for (var i = 0; i < 5; i++)
        {
            await Assert.ThrowsAsync<PoaException>(() => inspector.InspectAsync("nonsense", TestContext.Current.CancellationToken));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => inspector.InspectAsync("demo", new CancellationToken(canceled: true)));
        }

        Assert.Equal(10_000, (await inspector.InspectAsync("demo", TestContext.Current.CancellationToken)).Images);
    }
}
