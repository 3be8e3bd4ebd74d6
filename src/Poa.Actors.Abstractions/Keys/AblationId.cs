using System.Globalization;

namespace Poa.Actors.Abstractions;

/// <summary>Ids of ablations follow the rules of <see cref="RunId"/>, with room for what their runs and sweeps add.</summary>
public static class AblationId
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = 24;

    /// <summary>The greatest seed of a run.</summary>
    public const long MaxSeed = int.MaxValue;

    /// <summary>A new id with the day and four random hexadecimal digits, such as <c>ablation-20261126-9c01</c>.</summary>
    /// <param name="time">The clock that says which day it is (UTC).</param>
    public static string New(TimeProvider time) => RunId.Stamped("ablation", time);

    /// <summary>Returns the id, or throws an error that states the rules.</summary>
    /// <param name="text">The id to check.</param>
    /// <exception cref="PoaException">The id breaks the rules (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    public static string Validate(string? text) => RunId.IsValid(text) && text!.Length <= MaxLength
        ? text
        : throw new PoaException(
            ErrorCodes.InvalidArgument,
            $"'{text}' is not the id of an ablation.",
            $"Use lower-case letters, digits and dashes, at most {MaxLength} characters, such as ablation-20261126-9c01.");

    /// <summary>Id of one of its runs.</summary>
    /// <param name="ablation">Id of the ablation.</param>
    /// <param name="row">Name of the row, at most 20 characters.</param>
    /// <param name="seed">Seed, at most <see cref="MaxSeed"/>.</param>
    public static string RunOf(string ablation, string row, long seed) => string.Create(CultureInfo.InvariantCulture, $"{ablation}-{row}-s{seed}");

    /// <summary>Id of the sweep over one of its runs.</summary>
    /// <param name="run">Id of the run.</param>
    public static string SweepOf(string run) => $"{run}-sweep";
}
