using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Poa.Actors.Abstractions;

/// <summary>
/// Key of an evaluation job: <c>run/iteration/sub-network/benchmark/data</c>. The last part is a digest over the data
/// specifications and the options, so that the same question always meets the same stored answer.
/// </summary>
/// <param name="Run">Run id.</param>
/// <param name="Iteration">Iteration of the checkpoint.</param>
/// <param name="SubNetwork">Name of the sub-network, or <see cref="Benchmarks.Pixels"/>.</param>
/// <param name="Benchmark">One of <see cref="Benchmarks"/>.</param>
/// <param name="DataDigest">16 hexadecimal digits, see <see cref="Digest"/>.</param>
[GenerateSerializer, Immutable, Alias("poa.EvaluationKey")]
public sealed record EvaluationKey(
    [property: Id(0)] string Run,
    [property: Id(1)] long Iteration,
    [property: Id(2)] string SubNetwork,
    [property: Id(3)] string Benchmark,
    [property: Id(4)] string DataDigest)
{
    private const int DigestDigits = 16;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>What is asked, in one word: benchmark and digest, such as <c>coco-0123456789abcdef</c>.</summary>
    public string Question => QuestionOf(Benchmark, DataDigest);

    /// <summary>What is asked, in one word.</summary>
    /// <param name="benchmark">One of <see cref="Benchmarks"/>.</param>
    /// <param name="data">Data specifications.</param>
    /// <param name="options">Benchmark options.</param>
    public static string QuestionOf(string benchmark, EvaluationData data, IEnumerable<KeyValuePair<string, string>> options) =>
        QuestionOf(benchmark, Digest(data, options));

    /// <summary>The key of a question about a sub-network.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="subNetwork">Name of the sub-network.</param>
    /// <param name="question">As in <see cref="Question"/>.</param>
    /// <exception cref="PoaException">It is not of that form, or of no benchmark.</exception>
    public static EvaluationKey Of(string run, long iteration, string subNetwork, string question)
    {
        var dash = question.Length - DigestDigits - 1;
        return dash > 0 && question[dash] == '-' && question.AsSpan(dash + 1).ContainsAnyExcept(HexDigits) is false
            ? new EvaluationKey(RunId.Validate(run), iteration, subNetwork, Benchmarks.Describe(question[..dash]).Name, question[(dash + 1)..])
            : throw new PoaException(
                ErrorCodes.InvalidArgument, "This is not a question.", "Write benchmark and digest as the results tell them, such as coco-0123456789abcdef.");
    }

    /// <summary>The key as text.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Run}/{Iteration}/{SubNetwork}/{Benchmark}/{DataDigest}");

    /// <summary>Reads a key.</summary>
    /// <param name="text">The five parts with slashes between.</param>
    /// <exception cref="PoaException">The text is not of that form.</exception>
    public static EvaluationKey Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 5 && RunId.IsValid(parts[0]) && parts.All(part => part.Length > 0) &&
            long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iteration)
            ? new EvaluationKey(parts[0], iteration, parts[2], parts[3], parts[4])
            : throw new PoaException(
                ErrorCodes.InvalidArgument, $"'{text}' is not an evaluation.", "Use run/iteration/sub-network/benchmark/data.");
    }

    /// <summary>Digest of what is asked of the data: SHA-256 over specifications and options, first 16 hexadecimal digits.</summary>
    /// <param name="data">Data specifications.</param>
    /// <param name="options">Benchmark options; their order does not matter.</param>
    public static string Digest(EvaluationData data, IEnumerable<KeyValuePair<string, string>> options)
    {
        // Length prefixes keep the encoding injective: no choice of texts can imitate another.
        var text = new StringBuilder();
        void Append(string part) => text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part};");
        Append(data.Train);
        Append(data.Test);
        foreach (var (name, value) in options.OrderBy(option => option.Key, StringComparer.Ordinal))
        {
            Append(name);
            Append(value);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..DigestDigits];
    }

    private static string QuestionOf(string benchmark, string digest) => $"{benchmark}-{digest}";
}
