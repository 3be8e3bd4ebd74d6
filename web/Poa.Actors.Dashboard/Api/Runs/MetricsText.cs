using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;
using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Steps as text, written as they are read.</summary>
internal static class MetricsText
{
    /// <summary>Media type of JSON lines.</summary>
    public const string Lines = "application/x-ndjson";

    /// <summary>Media type of CSV.</summary>
    public const string Csv = "text/csv";

    private static readonly (string MediaType, MetricsFormat Format)[] Forms =
        [("application/json", MetricsFormat.Json), (Lines, MetricsFormat.Ndjson), (Csv, MetricsFormat.Csv)];

    /// <summary>The form that the header <c>Accept</c> likes best; null if it likes none.</summary>
    public static MetricsFormat? Negotiate(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted) || accepted.Count == 0)
        {
            return MetricsFormat.Json;
        }

        var best = from form in Forms
                   let type = new MediaTypeHeaderValue(form.MediaType)

                   // The most specific range that fits decides, as RFC 9110 has it.
                   let fit = accepted.Where(type.IsSubsetOf).OrderBy(range => range.MatchesAllTypes).ThenBy(range => range.MatchesAllSubTypes).FirstOrDefault()
                   let quality = fit is null ? 0 : fit.Quality ?? 1
                   where quality > 0
                   orderby quality descending
                   select (MetricsFormat?)form.Format;
        return best.FirstOrDefault();
    }

    /// <summary>One JSON object on each line.</summary>
    public static IResult JsonLines(PoaClient poa, string run, long after, int limit, CancellationToken cancellationToken) => Write(
        $"{Lines}; charset=utf-8",
        async writer =>
        {
            await foreach (var step in poa.Runs.MetricsAsync(run, after, cancellationToken).Take(limit).WithCancellation(cancellationToken))
            {
                await writer.WriteAsync(step.ToLine());
                await writer.WriteAsync('\n');
            }
        });

    /// <summary>A table. Its columns are known before its first line: those of all steps there are now.</summary>
    public static async Task<IResult> CsvAsync(PoaClient poa, string run, long after, int limit, CancellationToken cancellationToken)
    {
        var series = await poa.Runs.SeriesAsync(run, after + 1, maxPoints: 1, cancellationToken: cancellationToken);
        var columns = series.Columns.Keys.Order(StringComparer.Ordinal).ToList();
        return Write(
            $"{Csv}; charset=utf-8; header=present",
            async writer =>
            {
                await writer.WriteAsync($"iteration,subNetwork{string.Concat(columns.Select(column => $",{Quoted(column)}"))}\r\n");
                await foreach (var step in poa.Runs.MetricsAsync(run, after, cancellationToken).Take(limit).WithCancellation(cancellationToken))
                {
                    // A step that came since may have a figure that is no column: it belongs to the next request.
                    if (step.Iteration >= series.NextIteration)
                    {
                        break;
                    }

                    var figures = columns.Select(column => step.Values.TryGetValue(column, out var value) ? value.ToString("R", CultureInfo.InvariantCulture) : "");
                    await writer.WriteAsync(string.Create(
                        CultureInfo.InvariantCulture, $"{step.Iteration},{Quoted(step.SubNetwork)}{string.Concat(figures.Select(figure => $",{figure}"))}\r\n"));
                }
            });
    }

    private static IResult Write(string mediaType, Func<TextWriter, Task> write) => TypedResults.Stream(
        async body =>
        {
            await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            await write(writer);
        },
        mediaType);

    // RFC 4180.
    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
