namespace Poa.Cli.Doctor;

/// <summary>Every check in the order in which its remedies are best followed.</summary>
internal static class AllChecks
{
    /// <param name="home">Data folder to look at; it is created if it can be.</param>
    /// <param name="cancellationToken">Stops between checks.</param>
    public static Task<IReadOnlyList<Check>> RunAsync(string home, CancellationToken cancellationToken) => Task.Run<IReadOnlyList<Check>>(
        () =>
        {
            var found = new List<Check>();
            foreach (var check in MachineChecks.Run()
                .Concat(TensorChecks.Run())
                .Concat(ImageChecks.Run())
                .Concat(HomeChecks.Run(home))
                .Concat(HostChecks.Run(home)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                found.Add(check);
            }

            return found;
        },
        cancellationToken);
}
