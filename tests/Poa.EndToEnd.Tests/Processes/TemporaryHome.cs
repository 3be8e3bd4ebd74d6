namespace Poa.EndToEnd.Tests.Processes;

/// <summary>A data folder of one test, removed with it.</summary>
public sealed class TemporaryHome : IDisposable
{
    public TemporaryHome() => Folder = Directory.CreateTempSubdirectory("poa-e2e-").FullName;

    public string Folder { get; }

    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Copies everything into another one, which is empty.</summary>
    public void CopyTo(TemporaryHome other)
    {
        foreach (var folder in Directory.EnumerateDirectories(Folder, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(folder.Replace(Folder, other.Folder, StringComparison.Ordinal));
        }

        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, file.Replace(Folder, other.Folder, StringComparison.Ordinal));
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
