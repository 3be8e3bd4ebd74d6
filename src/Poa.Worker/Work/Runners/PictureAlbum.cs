using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Evaluation.Drawing;

namespace Poa.Worker.Work.Runners;

/// <summary>The pictures of one evaluation of one sub-network, in the order in which they are drawn.</summary>
/// <param name="store">Stores a picture under its number, from 1.</param>
internal sealed class PictureAlbum(Func<int, DrawnPicture, Task<EvaluationPicture>> store)
{
    private readonly List<EvaluationPicture> pictures = [];

    /// <summary>What the result is to list.</summary>
    public ImmutableArray<EvaluationPicture> Pictures => [.. pictures];

    /// <summary>Stores a picture. Called on the device's thread and done when it returns, so that no more than one is in memory.</summary>
    /// <exception cref="Poa.Storage.StorageException">The store fails.</exception>
    /// <exception cref="OperationCanceledException">The lease is lost.</exception>
    public void Add(DrawnPicture picture) => pictures.Add(store(pictures.Count + 1, picture).GetAwaiter().GetResult());
}
