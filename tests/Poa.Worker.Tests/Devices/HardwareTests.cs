using Poa.Worker.Devices;
using TorchSharp;
using Xunit;

namespace Poa.Worker.Tests.Devices;

public sealed class HardwareTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("poa-cards-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Of_TheProcessor_NamesItAndItsCores() =>
        Assert.EndsWith($", {Environment.ProcessorCount} logical cores", Hardware.Of(torch.CPU), StringComparison.Ordinal);

    [Fact]
    public void Card_AsTheDriverDescribesThem_IsTheirName()
    {
        Describe("0000:01:00.0", "NVIDIA H100 80GB HBM3");
        Describe("0000:02:00.0", "NVIDIA H100 80GB HBM3");

        Assert.Equal("NVIDIA H100 80GB HBM3", Hardware.Card(folder.FullName));

        Describe("0000:03:00.0", "NVIDIA A10");
        Assert.Equal("NVIDIA A10 or NVIDIA H100 80GB HBM3", Hardware.Card(folder.FullName));
    }

    [Fact]
    public void Card_NotDescribed_IsThatItIsOne()
    {
        Assert.Equal("CUDA device", Hardware.Card(folder.FullName));
        Assert.Equal("CUDA device", Hardware.Card(Path.Combine(folder.FullName, "nothing")));
    }

    private void Describe(string address, string model) => File.WriteAllText(
        Path.Combine(folder.CreateSubdirectory(address).FullName, "information"), $"Model: \t\t {model}\nIRQ:   \t\t 42\nGPU UUID: \t GPU-1\n");
}
