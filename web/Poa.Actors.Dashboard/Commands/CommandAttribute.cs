using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Commands;

/// <summary>What a method of <see cref="DashboardCommands"/> is called in the audit log, and who may call it.</summary>
/// <param name="name">Such as <c>run.cancel</c>.</param>
/// <param name="role">The least role.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CommandAttribute(string name, Role role) : Attribute
{
    /// <summary>Such as <c>run.cancel</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The least role.</summary>
    public Role Role { get; } = role;
}
