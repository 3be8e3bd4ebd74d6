using System.Collections.Frozen;
using System.Reflection;

namespace Poa.Actors.Dashboard.Commands;

/// <summary>Every command with its name and role, read from the methods themselves.</summary>
public static class CommandTable
{
    /// <summary>Methods of <see cref="DashboardCommands"/> by their name.</summary>
    /// <exception cref="InvalidOperationException">A public method has no <see cref="CommandAttribute"/>.</exception>
    public static IReadOnlyDictionary<string, CommandAttribute> All { get; } = typeof(DashboardCommands)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .ToFrozenDictionary(
            method => method.Name,
            method => method.GetCustomAttribute<CommandAttribute>()
                ?? throw new InvalidOperationException($"{method.Name} is a command that nobody is authorised for: it lacks a {nameof(CommandAttribute)}."));
}
