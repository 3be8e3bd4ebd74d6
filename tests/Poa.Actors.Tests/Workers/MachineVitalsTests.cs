using Microsoft.Extensions.Time.Testing;

namespace Poa.Actors.Tests.Workers;

public sealed class MachineVitalsTests : IDisposable
{
    private readonly string _proc = Directory.CreateTempSubdirectory("poa-proc-").FullName;
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => Directory.Delete(_proc, recursive: true);

    [Fact]
    public void Read_SampleOfLinux_LoadSinceTheLastReadAndMemoryInBytes()
    {
        Write("cpu  100 0 50 800 50 0 0 0 7 0", "MemTotal:       24000 kB\nMemFree: 1 kB\nMemAvailable:    9000 kB\n");
        var vitals = new MachineVitals(_time, _proc);
        Assert.Equal(0.15, vitals.Read()!.CpuLoad, 6);

        Write("cpu  150 10 65 890 50 5 5 15 9 0", "MemTotal:       24000 kB\nMemAvailable:    4000 kB\n");
        Assert.Equal(0.15, vitals.Read()!.CpuLoad, 6); // younger than a second: not measured again
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = vitals.Read()!;
        Assert.Equal(100.0 / 190, second.CpuLoad, 6);
        Assert.Equal((20_480_000L, 24_576_000L), (second.MemoryUsed, second.MemoryTotal));
        Assert.Equal(Environment.ProcessId, second.ProcessId);
        Assert.True(second.ProcessMemory > 1_000_000);
        Assert.NotEmpty(second.Version);
    }

    [Fact]
    public void Read_NoProcFolder_SaysNothing() => Assert.Null(new MachineVitals(_time, Path.Combine(_proc, "none")).Read());

    private void Write(string cpu, string memory)
    {
        File.WriteAllText(Path.Combine(_proc, "stat"), cpu + "\ncpu0 1 2 3 4\n");
        File.WriteAllText(Path.Combine(_proc, "meminfo"), memory);
    }
}
