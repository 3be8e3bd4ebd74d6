namespace Poa.EndToEnd.Tests.Processes;

/// <summary>A data folder of one test, removed with it.</summary>
public sealed class TemporaryHome : IDisposable
{
    public TemporaryHome() => Folder = Directory.CreateTempSubdirectory("poa-e2e-").FullName;

    public string Folder { get; }

    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
