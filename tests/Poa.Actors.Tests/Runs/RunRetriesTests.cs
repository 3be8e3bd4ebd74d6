using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Runs;

public sealed class RunRetriesTests
{
    private static readonly PoaActorsOptions Options = new() { MaxRunRetries = 3, RunPatience = TimeSpan.FromHours(12) };
    private static readonly WorkError Own = new("test-fault", "It broke.", "Mend it.", Retryable: true);
    private static readonly WorkError Lost = new(ErrorCodes.WorkerLost, "It went away.", "Nothing.", Retryable: true);
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void WhyNoMore_OwnFaults_CountedWithoutThoseOfTheInfrastructure()
    {
        var state = After(new RunState(), Own, Lost, Own, Lost, Own, Lost);
        Assert.Null(RunRetries.WhyNoMore(state, Options, Start));
        Assert.Equal(6, state.Failures);

        Assert.Contains("failure 4", RunRetries.WhyNoMore(After(state, Own), Options, Start), StringComparison.Ordinal);
        Assert.Null(RunRetries.WhyNoMore(After(RunRetries.Forget(state), Own), Options, Start));
    }

    [Fact]
    public void WhyNoMore_Infrastructure_EndsARunAfterLongAndManyTries()
    {
        var many = After(new RunState(), [.. Enumerable.Repeat(Lost, 100)]);
        var few = After(new RunState(), Lost, Lost, Lost);
        Assert.Null(RunRetries.WhyNoMore(many, Options, Start + Options.RunPatience));
        var late = Start + Options.RunPatience + TimeSpan.FromSeconds(1);
        Assert.Null(RunRetries.WhyNoMore(few, Options, late));
        Assert.Contains("100 tries and 12 hours", RunRetries.WhyNoMore(many, Options, late), StringComparison.Ordinal);

        // A checkpoint has come meanwhile: the time begins anew with the next fault.
        var further = RunRetries.Note(RunRetries.Forget(many), Lost, late);
        Assert.Equal((1, late), (further.Failures, further.FailingSince));
    }

    private static RunState After(RunState state, params IEnumerable<WorkError> errors) =>
        errors.Aggregate(state, (before, error) => RunRetries.Note(before, error, Start));
}
