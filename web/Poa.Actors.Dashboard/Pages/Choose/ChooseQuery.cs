using Poa.Elastic;

namespace Poa.Actors.Dashboard.Pages.Choose;

/// <summary>A budget as it is typed, with what is wrong about it.</summary>
public sealed record ChooseQuery
{
    /// <summary>The budget; a limit that cannot be read is left out.</summary>
    public required Budget Budget { get; init; }

    /// <summary>What is wrong with the parameters; null if nothing is.</summary>
    public string? ParametersFault { get; init; }

    /// <summary>What is wrong with the multiply-accumulates.</summary>
    public string? OperationsFault { get; init; }

    /// <summary>What is wrong with the latency.</summary>
    public string? LatencyFault { get; init; }

    /// <summary>True if every limit can be read.</summary>
    public bool IsValid => ParametersFault is null && OperationsFault is null && LatencyFault is null;

    /// <summary>Reads a budget; a text that is empty is no limit.</summary>
    /// <param name="parameters">Such as <c>30M</c>.</param>
    /// <param name="operations">Such as <c>1.2G</c>.</param>
    /// <param name="latency">Such as <c>5 ms</c>.</param>
    public static ChooseQuery Read(string? parameters, string? operations, string? latency)
    {
        var (parametersLimit, parametersFault) = Limit(parameters, Quantity.ParseCount);
        var (operationsLimit, operationsFault) = Limit(operations, Quantity.ParseCount);
        var (latencyLimit, latencyFault) = Limit(latency, Quantity.ParseMilliseconds);
        return new ChooseQuery
        {
            Budget = new Budget(parametersLimit, operationsLimit, latencyLimit),
            ParametersFault = parametersFault,
            OperationsFault = operationsFault,
            LatencyFault = latencyFault,
        };
    }

    private static (T? Value, string? Fault) Limit<T>(string? text, Func<string, T> parse)
        where T : struct
    {
        try
        {
            return (string.IsNullOrWhiteSpace(text) ? null : parse(text), null);
        }
        catch (FormatException e)
        {
            return (null, e.Message);
        }
    }
}
