using System.Globalization;
using System.Reflection;

namespace Poa.Actors.Database;

/// <summary>One step of a schema: a script that was compiled in under <c>DIALECT/NNN-what.sql</c>.</summary>
/// <param name="Version">The number in front: the schema's version once the script was applied.</param>
/// <param name="Name">Name of the file.</param>
/// <param name="Sql">Its text.</param>
public sealed record SqlScript(int Version, string Name, string Sql)
{
    /// <summary>The scripts of a dialect, ascending.</summary>
    /// <param name="assembly">Where they are compiled in.</param>
    /// <param name="dialect">Such as <c>sqlite</c>.</param>
    public static IReadOnlyList<SqlScript> In(Assembly assembly, string dialect)
    {
        var prefix = dialect + '/';
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => Read(assembly, name, name[prefix.Length..])),
        ];
    }

    private static SqlScript Read(Assembly assembly, string resource, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new SqlScript(int.Parse(name[..name.IndexOf('-')], CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
