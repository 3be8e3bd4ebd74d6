using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests;

/// <summary>Stands in for the worker's look at data: knows two specifications, and one that never ends.</summary>
public sealed class FakeInspector : IDataInspector
{
    public const string Good = "folder:/data/photos";
    public const string Demo = "demo?split=train";
    public const string Endless = "folder:/data/endless";

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Signalled when the look that never ends has reached the worker.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Signalled when the look that never ends was called off.</summary>
    public Task CalledOff => _called.Task;

    public async Task<DataInspection> InspectAsync(string data, CancellationToken cancellationToken = default)
    {
        switch (data)
        {
            case Good:
                return new DataInspection { Data = Good, Images = 12, Classes = 2, ClassNames = ["a", "b"], Sample = [new SampledImage("a/1.jpg", 3, 4)] };
            case Demo:
                return new DataInspection { Data = Demo, Images = 10_000, Classes = 10 };
            case Endless:
                _begun.TrySetResult();
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                }
                finally
                {
                    _called.TrySetResult();
                }

                break;
        }

        throw new PoaException("invalid-data", $"'{data}' is nothing.", "Name something.");
    }
}
