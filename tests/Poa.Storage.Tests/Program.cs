using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Poa.Storage.Tests;

/// <summary>The test runner; with <c>--child</c> one of the programs in <see cref="ChildProgram"/>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args) => args switch
    {
        ["--child", var task, .. var rest] => await ChildProgram.RunAsync(task, rest),
        _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
            await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => await ConsoleRunner.Run(args),
    };
}
