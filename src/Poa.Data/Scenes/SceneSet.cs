using Poa.Data.Datasets;
using Poa.Data.Imaging;

namespace Poa.Data.Scenes;

/// <summary>A set of scenes on disk, in the layouts of COCO and ADE20K.</summary>
/// <param name="Folder">The folder that holds both, and the manifest.</param>
/// <param name="Manifest">What it was made from.</param>
/// <param name="WasThere">Whether it was found as asked for, and nothing had to be made.</param>
public sealed record SceneSet(string Folder, SceneManifest Manifest, bool WasThere)
{
    private const int HashDigits = 12;

    /// <summary>The set in COCO's layout.</summary>
    public string CocoFolder => Path.Combine(Folder, CocoLayout.FolderName);

    /// <summary>The set in ADE20K's layout.</summary>
    public string Ade20kFolder => Path.Combine(Folder, Ade20kLayout.FolderName);

    /// <summary>
    /// Makes a set, or finds the one that is there. The folder appears only once it is whole: a maker that is killed leaves nothing but a
    /// <c>.making</c> folder, which the next one removes.
    /// </summary>
    /// <param name="recipe">What to make.</param>
    /// <param name="folder">The set's folder; must not exist yet, unless it holds a set of the same recipe.</param>
    /// <param name="progress">Told how many scenes are done.</param>
    /// <param name="cancellationToken">Stops between two scenes.</param>
    /// <exception cref="DatasetException">The recipe is out of range, pictures are missing, or the folder holds something else.</exception>
    public static SceneSet Make(SceneRecipe recipe, string folder, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        recipe.Validate();
        var root = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar);
        var library = CutoutLibrary.Open(recipe);
        var hash = recipe.Hash(library.Fingerprint);
        if (Find(root, hash) is { } there)
        {
            return there;
        }

        var (making, lockPath) = (root + ".making", root + ".lock");
        Directory.CreateDirectory(Path.GetDirectoryName(root)!);
        using var held = Lock(lockPath, root);
        if (Find(root, hash) is { } sinceMade)
        {
            return sinceMade;
        }

        if (Directory.Exists(making))
        {
            Directory.Delete(making, recursive: true); // of a maker that was killed: we hold its lock
        }

        try
        {
            Directory.CreateDirectory(making);
            Write(recipe, library, making, progress, cancellationToken);
            var manifest = SceneManifest.Of(recipe, hash, library.Categories, making);
            manifest.Save(making);
            Directory.Move(making, root);
            return new(root, manifest, WasThere: false);
        }
        catch
        {
            Directory.Delete(making, recursive: true);
            throw;
        }
    }

    /// <summary>As <see cref="Make"/>, in a folder named by the recipe's hash: sets of different recipes stand side by side.</summary>
    /// <param name="recipe">What to make.</param>
    /// <param name="parent">Folder of the sets; made if it does not exist.</param>
    /// <param name="progress">Told how many scenes are done.</param>
    /// <param name="cancellationToken">Stops between two scenes.</param>
    /// <inheritdoc cref="Make" path="/exception"/>
    public static SceneSet MakeBelow(SceneRecipe recipe, string parent, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentException.ThrowIfNullOrEmpty(parent);
        recipe.Validate();
        var name = recipe.Hash(CutoutLibrary.Open(recipe).Fingerprint)[..HashDigits];
        return Make(recipe, Path.Combine(parent, name), progress, cancellationToken);
    }

    private static void Write(SceneRecipe recipe, CutoutLibrary library, string folder, Action<int>? progress, CancellationToken cancellationToken)
    {
        var coco = new CocoLayout(Path.Combine(folder, CocoLayout.FolderName), recipe, library.Categories);
        var ade20k = new Ade20kLayout(Path.Combine(folder, Ade20kLayout.FolderName), library.Categories);
        var composer = new SceneComposer(recipe, library);
        var done = 0;
        foreach (var (split, count) in new[] { (SceneSplit.Train, recipe.TrainScenes), (SceneSplit.Val, recipe.ValScenes) })
        {
            for (var number = 0; number < count; number++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var scene = composer.Compose(split, number);
                var jpeg = ImageEncoder.EncodeJpeg(scene.Image);
                coco.Add(split, number, scene, jpeg);
                ade20k.Add(split, number, scene, jpeg);
                progress?.Invoke(++done);
            }

            coco.Complete(split);
        }

        ade20k.Complete();
    }

    private static SceneSet? Find(string root, string hash)
    {
        if (!Directory.Exists(root) && !File.Exists(root))
        {
            return null;
        }

        var manifest = SceneManifest.Load(root)
            ?? throw new DatasetException($"{root} exists and is no set of scenes (it has no {SceneManifest.FileName}). Name a folder that does not exist yet.");
        if (manifest.RecipeSha256 != hash)
        {
            throw new DatasetException($"{root} holds scenes of another recipe ({manifest.RecipeText}). Name another folder, or remove this one.");
        }

        return manifest.ContentSha256 == SceneManifest.HashOf(root)
            ? new(root, manifest, WasThere: true)
            : throw new DatasetException($"The scenes in {root} have been changed since they were made. Remove the folder to make them anew.");
    }

    private static FileStream Lock(string path, string root)
    {
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error)
        {
            throw new DatasetException($"Another process is making {root} (it holds {path}): {error.Message} Wait for it, or name another folder.", error);
        }
    }
}
