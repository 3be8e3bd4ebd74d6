using System.Diagnostics;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Runtime;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void SetThreads_AnyNumber_IsInForce()
    {
        var before = TorchRuntime.Threads;
        TorchRuntime.SetThreads(3);
        Assert.Equal(3, get_num_threads());
        TorchRuntime.SetThreads(before);

        Assert.Throws<ArgumentOutOfRangeException>(() => TorchRuntime.SetThreads(0));
    }

    [Fact]
    public void ParseDevice_Cpu_IsTheCpu() => Assert.Equal(DeviceType.CPU, TorchRuntime.ParseDevice("cpu").type);

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:1:2")]
    [InlineData("cpu:0")]
    public void ParseDevice_NoDeviceName_SaysWhatToWrite(string name) =>
        Assert.Contains("cuda:0", Assert.Throws<ArgumentException>(() => TorchRuntime.ParseDevice(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void ParseDevice_Cuda_IsThereOrSaysWhatToDo()
    {
        if (cuda.is_available())
        {
            Assert.Equal(DeviceType.CUDA, TorchRuntime.ParseDevice("cuda").type);
            var error = Assert.Throws<TorchUnavailableException>(() => TorchRuntime.ParseDevice("cuda:999"));
            Assert.Contains("CUDA device(s)", error.Message, StringComparison.Ordinal);
        }
        else
        {
            var error = Assert.Throws<TorchUnavailableException>(() => TorchRuntime.ParseDevice("cuda:0"));
            Assert.Contains("TorchBackend=cuda", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void KeepFreedBlocks_OnGlibc_IsTaken()
    {
        Assert.SkipUnless(File.Exists("/lib64/ld-linux-x86-64.so.2"), "Needs glibc.");
        Assert.True(NativeAllocator.KeepFreedBlocks());
    }

    [Fact]
    public void ReleaseMemory_AfterTensorsAreDisposed_ShrinksTheProcess()
    {
        Assert.SkipUnless(File.Exists("/lib64/ld-linux-x86-64.so.2"), "Needs glibc.");
        TorchRuntime.Prepare();
        const int Count = 100;
        const int Floats = 1 << 20;
        Tensor[] tensors = [.. Enumerable.Range(0, Count).Select(_ => ones(Floats))];
        foreach (var tensor in tensors)
        {
            tensor.Dispose();
        }

        var kept = ResidentBytes();
        TorchRuntime.ReleaseMemory();

        // 400 MB were in use and free again; the allocator kept them until asked.
        Assert.True(kept - ResidentBytes() > Count * (long)Floats * sizeof(float) / 2);
    }

    private static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
