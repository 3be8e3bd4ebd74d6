using System.Text;
using Poa.Storage;

namespace Poa.Actors.Client;

public sealed partial class RunsClient
{
    /// <summary>
    /// The figures of a run as a curve: where the range has more steps than points are allowed, neighbouring steps are summed up as
    /// mean, smallest and largest value. The newest step is always in it.
    /// </summary>
    /// <param name="run">Run id.</param>
    /// <param name="from">First iteration.</param>
    /// <param name="to">Iteration behind the last; null for all there are.</param>
    /// <param name="maxPoints">Most points to return, above 0.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<MetricsSeries> SeriesAsync(string run, long from = 0, long? to = null, int maxPoints = 1500, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(async () =>
        {
            NotBelow(from, 0, nameof(from));
            NotBelow(to ?? 0, 0, nameof(to));
            NotBelow(maxPoints, 1, nameof(maxPoints));
            return await MetricsReader.ReadSeriesAsync(await _client.BlobsAsync(cancellationToken), RunId.Validate(run), from, to, maxPoints, cancellationToken);
        });

    /// <summary>How often each sub-network was drawn for a step so far, by name.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<IReadOnlyDictionary<string, long>> SampleCountsAsync(string run, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(async () =>
            await MetricsReader.ReadSampleCountsAsync(await _client.BlobsAsync(cancellationToken), RunId.Validate(run), cancellationToken));

    /// <summary>The figures of single steps, a page at a time.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="after">Only iterations above this one; -1 for the first page.</param>
    /// <param name="limit">Most steps to return, above 0; fewer mean that there are no more yet.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<StepMetricsPage> MetricsPageAsync(string run, long after = -1, int limit = 1000, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(async () =>
        {
            NotBelow(limit, 1, nameof(limit));
            var steps = new List<StepMetrics>();
            var records = MetricsReader.ReadAsync(await _client.BlobsAsync(cancellationToken), RunId.Validate(run), after, cancellationToken);
            await foreach (var record in records)
            {
                steps.Add(StepMetrics.FromLine(Encoding.UTF8.GetString(record.Json)));
                if (steps.Count == limit)
                {
                    break;
                }
            }

            return new StepMetricsPage(steps, steps.Count > 0 ? steps[^1].Iteration : after);
        });

    private static void NotBelow(long value, long least, string name)
    {
        if (value < least)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"{name} is {value}.", $"Give {least} or more.");
        }
    }
}
