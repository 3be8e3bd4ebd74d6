namespace Poa.Actors.Dashboard.Security;

/// <summary>What an account may do; each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>Looks at everything but accounts and audit log.</summary>
    Viewer,

    /// <summary>Starts and stops runs, sweeps and extractions, drains workers.</summary>
    Operator,

    /// <summary>Manages accounts and reads the audit log.</summary>
    Admin,
}
