using System.Globalization;
using Poa.Training.Session;

namespace Poa.Worker.Work;

/// <summary>Where a checkpoint stands in its run, as free facts of its manifest: whether it may be gone on from is known without fetching it.</summary>
/// <param name="Rollbacks">Rollbacks behind the run when it was written.</param>
/// <param name="IsGood">Nothing was wrong with the last step before it.</param>
internal sealed record CheckpointStanding(int Rollbacks, bool IsGood)
{
    private const string RollbacksKey = "rollbacks", GoodKey = "good";

    /// <summary>What a checkpoint folder says.</summary>
    public static CheckpointStanding Of(SessionState state) => new(state.Course.Rollbacks, state.Health.IsGood);

    /// <summary>As properties of a manifest.</summary>
    public IReadOnlyDictionary<string, string> ToProperties() => new Dictionary<string, string>
    {
        [RollbacksKey] = Rollbacks.ToString(CultureInfo.InvariantCulture),
        [GoodKey] = IsGood ? "true" : "false",
    };

    /// <summary>Reads them back; a checkpoint of a version that had none is good, and of a run without rollbacks.</summary>
    public static CheckpointStanding FromProperties(IReadOnlyDictionary<string, string> properties) => new(
        int.TryParse(properties.GetValueOrDefault(RollbacksKey), NumberStyles.None, CultureInfo.InvariantCulture, out var rollbacks) ? rollbacks : 0,
        properties.GetValueOrDefault(GoodKey) != "false");
}
