using System.Reflection;
using Poa.Actors.Abstractions;
using Poa.Actors.Database;
using Poa.Actors.Silo;
using Poa.Storage;
using Poa.Telemetry;
using Xunit;

namespace Poa.Cli.Tests.Deployment;

/// <summary>What a container is told, against what the program knows.</summary>
internal static class Containers
{
    private static readonly HashSet<string> Variables =
    [
        .. Constants(typeof(ClusterHostSettings)), .. Constants(typeof(ClusterAddress)), .. Constants(typeof(ClusterTls)), .. Constants(typeof(BlobStoreFactory)), ConsoleLog.FormatVariable,
    ];

    /// <summary>The command line exists, with all its options.</summary>
    public static void AssertParses(string where, IReadOnlyList<string> arguments)
    {
        Assert.NotEmpty(arguments);
        var parsed = PoaCommandLine.Create(new CliContext(TextWriter.Null, TextWriter.Null, false, 100, TimeProvider.System)).Parse(arguments);
        Assert.True(parsed.Errors.Count == 0, $"{where}: poa {string.Join(' ', arguments)}: {string.Join(" ", parsed.Errors.Select(error => error.Message))}");
        Assert.True(parsed.CommandResult.Command.Action is not null, $"{where}: poa {string.Join(' ', arguments)} does nothing.");
    }

    /// <summary>The variables are ones that the program reads, and a silo can be made from them.</summary>
    public static void AssertKnown(string where, IReadOnlyDictionary<string, string> environment)
    {
        var unknown = environment.Keys.Where(name => name.StartsWith("POA_", StringComparison.Ordinal))
            .Where(name => !Variables.Contains(name) && !(name.EndsWith(SecretVariables.FileSuffix, StringComparison.Ordinal) && Variables.Contains(name[..^SecretVariables.FileSuffix.Length])));
        Assert.True(!unknown.Any(), $"{where}: nobody reads {string.Join(", ", unknown)}.");
        (Read(environment) with { Role = Actors.SiloRole.Control, Devices = [] }).Check();
    }

    /// <summary>A stop has time to drain, and for what comes after it.</summary>
    public static void AssertTimeToDrain(string where, int graceSeconds, IReadOnlyDictionary<string, string> environment)
    {
        var actors = new Actors.PoaActorsOptions();
        Read(environment).Actors!(actors);
        Assert.True(graceSeconds >= actors.DrainTimeout.TotalSeconds + 30, $"{where}: {graceSeconds} s to stop, of which {actors.DrainTimeout.TotalSeconds} s are for putting work down.");
    }

    /// <summary>The settings, but for the secrets, which are not on this machine.</summary>
    private static ClusterHostOptions Read(IReadOnlyDictionary<string, string> environment) => ClusterHostSettings.Read(
        ClusterAddress.Parse("Host=db;Database=poa;Username=poa"),
        "/data",
        name => name.EndsWith(SecretVariables.FileSuffix, StringComparison.Ordinal) ? null : environment.GetValueOrDefault(name));

    private static IEnumerable<string> Constants(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field is { IsLiteral: true, FieldType: { } kind } && kind == typeof(string) && field.Name.EndsWith("Variable", StringComparison.Ordinal))
        .Select(field => (string)field.GetRawConstantValue()!);
}
