using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Poa.Evaluation.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Knn;

/// <summary>
/// Exact nearest neighbours by inner product, tile by tile. Tiles have one fixed size and fixed places (the last one is padded
/// with zero rows), so every similarity comes from the same matrix product whatever the memory budget is: the budget only
/// says how many queries are held at a time, and with that how often the training features are read.
/// </summary>
internal sealed class NeighbourSearch
{
    public const int QueryTile = 256;
    public const int TrainTile = 4096;

    private readonly IFeatureRows train;
    private readonly int k;
    private readonly Device device;
    private readonly int queriesAtATime;

    /// <param name="train">Training features.</param>
    /// <param name="k">Neighbours wanted, at most the number of training rows.</param>
    /// <param name="memoryBytes">What queries, their neighbours and the tiles may take; at least one tile of queries is held in any case.</param>
    /// <param name="device">Where the matrix products run.</param>
    public NeighbourSearch(IFeatureRows train, int k, long memoryBytes, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, train.Count);
        (this.train, this.k, this.device) = (train, k, device);
        var tiles = sizeof(float) * (((long)TrainTile * train.Width) + ((long)QueryTile * TrainTile));
        var perQuery = (sizeof(float) * (long)train.Width) + NeighbourTable.BytesPerQuery(k);
        queriesAtATime = (int)Math.Clamp((memoryBytes - tiles) / perQuery / QueryTile, 1, int.MaxValue / sizeof(float) / QueryTile / Math.Max(train.Width, 2 * k)) * QueryTile;
    }

    /// <summary>Called with the first query of a block and the neighbours of the block's queries.</summary>
    public delegate void BlockFound(int firstQuery, NeighbourTable neighbours);

    /// <summary>Finds the neighbours of every query, block by block.</summary>
    /// <param name="queries">Queries; their width is that of the training features.</param>
    /// <param name="found">Receives each block, in order.</param>
    /// <param name="progress">Told the share done so far, from 0 to 1.</param>
    /// <param name="cancellationToken">Looked at after every tile of training features.</param>
    public void Run(IFeatureRows queries, BlockFound found, Action<double>? progress, CancellationToken cancellationToken)
    {
        if (queries.Width != train.Width)
        {
            throw new ArgumentException($"Queries have {queries.Width} values per row, training features {train.Width}.");
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var tile_TD = zeros(TrainTile, train.Width);
        var similarity_QT = empty(QueryTile, TrainTile, device: device);
        for (var first = 0; first < queries.Count; first += queriesAtATime)
        {
            using var blockScope = NewDisposeScope();
            var count = Math.Min(queriesAtATime, queries.Count - first);
            var table = new NeighbourTable(count, k);
            var block_QD = zeros(RoundUp(count, QueryTile), train.Width);
            queries.Read(first, Values(block_QD)[..(count * train.Width)]);
            block_QD = block_QD.to(device);
            for (var row = 0; row < train.Count; row += TrainTile)
            {
                cancellationToken.ThrowIfCancellationRequested();
                AddTile(row, tile_TD, block_QD, similarity_QT, table);
                progress?.Invoke((first + (count * (double)Math.Min(row + TrainTile, train.Count) / train.Count)) / queries.Count);
            }

            found(first, table);
        }
    }

    private void AddTile(int firstRow, Tensor tile_TD, Tensor block_QD, Tensor similarity_QT, NeighbourTable table)
    {
        using var scope = NewDisposeScope();
        var rows = Math.Min(TrainTile, train.Count - firstRow);
        var values = Values(tile_TD);
        train.Read(firstRow, values[..(rows * train.Width)]);
        values[(rows * train.Width)..].Clear();
        var tile_DT = tile_TD.to(device).t();
        for (var query = 0; query < table.Queries; query += QueryTile)
        {
            similarity_QT.addmm_(block_QD.narrow(0, query, QueryTile), tile_DT, beta: 0, alpha: 1);
            if (device.type == DeviceType.CPU)
            {
                Scan(similarity_QT, query, firstRow, rows, table);
            }
            else
            {
                ScanOnDevice(similarity_QT, query, firstRow, rows, table);
            }
        }
    }

    private static unsafe void Scan(Tensor similarity_QT, int firstQuery, int firstRow, int rows, NeighbourTable table)
    {
        var start = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Values(similarity_QT)));
        var options = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
        Parallel.For(0, Math.Min(QueryTile, table.Queries - firstQuery), options, query =>
            table.Offer(firstQuery + query, new ReadOnlySpan<float>(start + ((long)query * TrainTile), rows), firstRow));
    }

    /// <summary>Leaves the comparison with the thresholds to the device and fetches only what passes: little, after the first tiles.</summary>
    internal static void ScanOnDevice(Tensor similarity_QT, int firstQuery, int firstRow, int rows, NeighbourTable table)
    {
        using var scope = NewDisposeScope();
        var queries = Math.Min(QueryTile, table.Queries - firstQuery);
        var valid_QT = similarity_QT.narrow(0, 0, queries).narrow(1, 0, rows);
        var threshold_Q = tensor(table.Thresholds.Slice(firstQuery, queries).ToArray(), device: similarity_QT.device);

        // Row-major order of nonzero keeps the training indices of each query ascending.
        var places_P2 = valid_QT.gt(threshold_Q.unsqueeze(1)).nonzero();
        if (places_P2.shape[0] == 0)
        {
            return;
        }

        var query_P = places_P2.select(1, 0);
        var row_P = places_P2.select(1, 1);
        var passed = valid_QT[query_P, row_P].cpu().data<float>().ToArray();
        var query = query_P.cpu().contiguous().data<long>().ToArray();
        var row = row_P.cpu().contiguous().data<long>().ToArray();
        for (var i = 0; i < passed.Length; i++)
        {
            table.Offer(firstQuery + (int)query[i], passed[i], firstRow + (int)row[i]);
        }
    }

    private static Span<float> Values(Tensor contiguous) => MemoryMarshal.Cast<byte, float>(contiguous.bytes);

    private static int RoundUp(int value, int step) => (value + step - 1) / step * step;
}
