using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>What somebody asked for, and what came of it.</summary>
[GenerateSerializer, Immutable, Alias("poa.AuditEntry")]
public sealed record AuditEntry
{
    /// <summary>The most characters of <see cref="Detail"/>; more are cut off.</summary>
    public const int MaxDetail = 2000;

    /// <summary>The most characters of each of the other texts; more are cut off.</summary>
    public const int MaxText = 300;

    /// <summary>Position in the log, from 1, without gaps; given by the log.</summary>
    [Id(0)]
    public long Sequence { get; init; }

    /// <summary>When the entry was made; given by the log.</summary>
    [Id(1)]
    public DateTimeOffset Time { get; init; }

    /// <summary>Name of the account; empty if nobody was signed in.</summary>
    [Id(2)]
    public string User { get; init; } = "";

    /// <summary>The account's role: <c>viewer</c>, <c>operator</c>, <c>admin</c>; empty if nobody was signed in.</summary>
    [Id(3)]
    public string Role { get; init; } = "";

    /// <summary>What was asked for, such as <c>run.cancel</c>.</summary>
    [Id(4)]
    public required string Command { get; init; }

    /// <summary>What it concerned: a run, a sweep, a shard, an account; may be empty.</summary>
    [Id(5)]
    public string Target { get; init; } = "";

    /// <summary>What came of it.</summary>
    [Id(6)]
    public AuditOutcome Outcome { get; init; }

    /// <summary>The particulars: arguments, or the error; never a secret.</summary>
    [Id(7)]
    public string Detail { get; init; } = "";

    /// <summary>Network address that the request came from; empty if it is not known.</summary>
    [Id(8)]
    public string Address { get; init; } = "";
}

/// <summary>What came of a request.</summary>
public enum AuditOutcome
{
    /// <summary>It was carried out.</summary>
    Accepted,

    /// <summary>The account may not do this.</summary>
    Refused,

    /// <summary>It was allowed, and ended with an error.</summary>
    Failed,
}

/// <summary>Which entries of the audit log to list; all conditions must hold.</summary>
[GenerateSerializer, Immutable, Alias("poa.AuditQuery")]
public sealed record AuditQuery
{
    /// <summary>The largest <see cref="Limit"/>.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only entries with a smaller sequence number; null to begin with the newest.</summary>
    [Id(0)]
    public long? Before { get; init; }

    /// <summary>At most this many, in [1, <see cref="MaxLimit"/>].</summary>
    [Id(1)]
    public int Limit { get; init; } = 100;

    /// <summary>Only entries of this account; case does not matter; null for any.</summary>
    [Id(2)]
    public string? User { get; init; }

    /// <summary>Only this command; case does not matter; null for any.</summary>
    [Id(3)]
    public string? Command { get; init; }

    /// <summary>Only entries with this text in user, command, target, detail or address; case does not matter.</summary>
    [Id(4)]
    public string? Text { get; init; }
}

/// <summary>One page of the audit log.</summary>
/// <param name="Entries">The entries, newest first; may be fewer than asked for, or none, although there are more further back.</param>
/// <param name="NextBefore">Hand it to the next query to go on further back; null at the beginning of the log.</param>
[GenerateSerializer, Immutable, Alias("poa.AuditPage")]
public sealed record AuditPage([property: Id(0)] ImmutableArray<AuditEntry> Entries, [property: Id(1)] long? NextBefore);
