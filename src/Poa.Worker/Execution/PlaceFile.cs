using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Poa.Actors.Abstractions;

namespace Poa.Worker.Execution;

/// <summary>
/// Says in a file where the training under a lease stands. The file outlives a process that is killed (not the machine), so that the next
/// process of the worker can tell: <see cref="InterruptedTraining"/>. It lies in the lease's scratch folder and goes with it when the work is put down.
/// </summary>
internal sealed class PlaceFile : IDisposable
{
    /// <summary>Bytes of the file: one write of all of them leaves either place in it, the old or the new one.</summary>
    private const int Size = 1024;

    private const string Name = "place.json";
    private readonly SafeFileHandle file;
    private InterruptedTraining place;

    private PlaceFile(SafeFileHandle file, InterruptedTraining place) => (this.file, this.place) = (file, place);

    /// <summary>Opens the file of a lease.</summary>
    /// <param name="lease">A lease on the training of a run.</param>
    /// <param name="scratch">Its folder.</param>
    public static PlaceFile Create(WorkLease lease, string scratch)
    {
        var file = File.OpenHandle(Path.Combine(scratch, Name), FileMode.Create, FileAccess.Write, FileShare.Read, FileOptions.None, Size);
        return new PlaceFile(
            file, new InterruptedTraining(lease.Work.Run, lease.WorkId, lease.FencingToken, lease.Gang?.Generation ?? lease.FencingToken, lease.Shard, ""));
    }

    /// <summary>What a process that was killed left in a scratch folder; null for nothing, or nothing that can be read.</summary>
    public static InterruptedTraining? Read(string scratch)
    {
        try
        {
            return JsonSerializer.Deserialize<InterruptedTraining>(File.ReadAllBytes(Path.Combine(scratch, Name)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // only a hint at the cause is lost
        }
    }

    /// <summary>It comes to a stage of its begin, until the first step is done.</summary>
    /// <param name="stage">What it does next, as it can follow "while".</param>
    public void Stage(string stage) => Write(place with { Stage = stage, Step = null });

    /// <summary>It comes to a step, from 0.</summary>
    public void Step(long step) => Write(place with { Stage = "training", Step = step });

    /// <summary>
    /// It comes to what is no part of the training, such as a wait for the store: a process that ends there is ended from outside, however often, and
    /// leaves nothing to tell.
    /// </summary>
    public void Clear() => Write([]);

    /// <summary>Does something that is no part of the training, and comes back to where it stood.</summary>
    public void Aside(Action action)
    {
        Clear();
        action();
        Write(place);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void Write(InterruptedTraining next)
    {
        place = next;
        Write(JsonSerializer.SerializeToUtf8Bytes(next));
    }

    private void Write(ReadOnlySpan<byte> json)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes.Fill((byte)' ');
        json.CopyTo(bytes);
        RandomAccess.Write(file, bytes, 0);
    }
}
