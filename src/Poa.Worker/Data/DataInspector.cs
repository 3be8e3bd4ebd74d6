using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Data.Inspection;
using Poa.Worker.Execution;

namespace Poa.Worker.Data;

/// <summary>Looks at data on the thread pool, a few at once, so that it neither waits for a device nor takes much from one.</summary>
internal sealed class DataInspector(DataAccess access, TimeProvider time) : IDataInspector, IDisposable
{
    private const int AtOnce = 2;
    private const int ClassNamesShown = 20;

    /// <summary>Beyond the surveyor's own limits: a disk that does not answer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim slots = new(AtOnce);

    /// <inheritdoc/>
    public async Task<DataInspection> InspectAsync(string data, CancellationToken cancellationToken = default)
    {
        using var timer = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            await slots.WaitAsync(either.Token).ConfigureAwait(false);
            // A read that hangs cannot be called off: it keeps its place, but not the caller.
            return await Task.Run(() => Look(data, either.Token), CancellationToken.None).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PoaException(
                new WorkError(
                    ErrorCodes.Timeout,
                    $"The images of '{data}' could not be looked at within {Limit.TotalSeconds:0} s.",
                    "See whether the disk of the worker's machine answers, then try again.",
                    Retryable: true));
        }
    }

    public void Dispose() => slots.Dispose();

    private DataInspection Look(string data, CancellationToken cancellationToken)
    {
        try
        {
            var survey = new DatasetSurveyor(new SurveyLimits(), time).Look(access.Parse(data), cancellationToken);
            return new DataInspection
            {
                Data = survey.Name,
                Images = survey.Images,
                IsLowerBound = survey.IsLowerBound,
                Classes = survey.ClassNames?.Count,
                ClassNames = [.. survey.ClassNames?.Take(ClassNamesShown) ?? []],
                Sample = [.. survey.Sample.Select(image => new SampledImage(image.Name, image.Width, image.Height, image.Error))],
            };
        }
        catch (Exception e) when (e is DatasetException or IOException or UnauthorizedAccessException)
        {
            throw new PoaException(new WorkError(WorkErrorCodes.InvalidData, e.Message, "Correct the data specification, or the folder on the worker's machine."), e);
        }
        finally
        {
            slots.Release();
        }
    }
}
