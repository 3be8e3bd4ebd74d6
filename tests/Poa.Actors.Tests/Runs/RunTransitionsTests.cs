using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Runs;

public sealed class RunTransitionsTests
{
    // Every command in every state. "-" is a repeat without effect, "!" is refused.
    public static TheoryData<string, string> Table => new()
    {
        //            Created    Queued      Running     Pausing     Paused     Cancelling Completed Failed     Cancelled
        { "Start", "Queued     -           -           -           -          !          -         -          !" },
        { "Pause", "!          Pausing     Pausing     -           -          !          !         !          !" },
        { "Resume", "!          -           -           !           Queued     !          !         Queued     !" },
        { "Cancel", "Cancelled  Cancelling  Cancelling  Cancelling  Cancelled  -          !         Cancelled  -" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Apply_EveryCommandInEveryState_FollowsTheTable(string commandName, string row)
    {
        var command = Enum.Parse<RunCommand>(commandName);
        RunStatus[] order =
        [
            RunStatus.Created, RunStatus.Queued, RunStatus.Running, RunStatus.Pausing, RunStatus.Paused, RunStatus.Cancelling,
            RunStatus.Completed, RunStatus.Failed, RunStatus.Cancelled,
        ];
        var expected = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enum.GetValues<RunStatus>().Length, expected.Length);

        var actual = order.Select((status, i) =>
        {
            try
            {
                var next = RunTransitions.Apply("run-1", command, status);
                return next == status ? "-" : next.ToString();
            }
            catch (PoaException e)
            {
                Assert.Equal(ErrorCodes.IllegalTransition, e.Code);
                Assert.Contains("run-1", e.Message, StringComparison.Ordinal);
                Assert.NotEmpty(e.Remedy);
                return "!";
            }
        });
        Assert.Equal(expected, actual);
    }
}
