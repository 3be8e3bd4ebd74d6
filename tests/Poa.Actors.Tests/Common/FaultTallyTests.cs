using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Common;

public sealed class FaultTallyTests
{
    private const int Tries = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromHours(12);
    private static readonly WorkError Own = new("test-fault", "It broke.", "Mend it.", Retryable: true);
    private static readonly WorkError Lost = new(ErrorCodes.WorkerLost, "It went away.", "Nothing.", Retryable: true);
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void WhyNoMore_OwnFaults_CountedWithoutThoseOfTheInfrastructure()
    {
        var tally = After(Own, Lost, Own, Lost, Own, Lost);
        Assert.Null(tally.WhyNoMore(Tries, Patience, Start));
        Assert.Equal(6, tally.All);
        Assert.Contains("failure 4", tally.With(Own, Start).WhyNoMore(Tries, Patience, Start), StringComparison.Ordinal);
    }

    [Fact]
    public void WhyNoMore_Infrastructure_EndsAfterLongAndManyTries()
    {
        var many = After(Enumerable.Repeat(Lost, 100));
        var few = After(Lost, Lost, Lost);
        Assert.Null(many.WhyNoMore(Tries, Patience, Start + Patience));
        var late = Start + Patience + TimeSpan.FromSeconds(1);
        Assert.Null(few.WhyNoMore(Tries, Patience, late));
        Assert.Contains("100 tries and 12 hours", many.WhyNoMore(Tries, Patience, late), StringComparison.Ordinal);

        // It has come further meanwhile: the time begins anew with the next fault.
        Assert.Equal(new FaultTally(1, 0, late), FaultTally.None.With(Lost, late));
    }

    private static FaultTally After(params IEnumerable<WorkError> errors) => errors.Aggregate(FaultTally.None, (tally, error) => tally.With(error, Start));
}
