namespace Poa.Actors.Client;

/// <summary>Guesses the images to evaluate a run on.</summary>
public static class HeldOut
{
    /// <summary>
    /// The run's own images as those with known labels, and the held-out part of the same set where the specification names a set that has
    /// one.
    /// </summary>
    /// <param name="runData">Data specification of the run, such as <c>demo?split=train</c>.</param>
    /// <returns>The images; <see cref="EvaluationData.Test"/> is empty where a person has to say.</returns>
    public static EvaluationData Of(string runData)
    {
        ArgumentNullException.ThrowIfNull(runData);
        var set = runData.Split('?')[0];
        return set.Split(':')[0] switch
        {
            "demo" or "fashion-mnist" => new EvaluationData(runData, set + "?split=test"),
            "imagenet" => new EvaluationData(runData, set + "?split=val"),
            // With parts of its own the other split's are not known.
            "coco" when !runData.Contains('&', StringComparison.Ordinal) => new EvaluationData(runData, set + "?split=val"),
            "ade20k" => new EvaluationData(runData, set + "?split=validation"),
            _ => new EvaluationData(runData, ""),
        };
    }
}
