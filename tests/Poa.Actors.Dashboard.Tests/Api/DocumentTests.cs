using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Poa.Testing;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>
/// The description of the API. What is kept has no prose: the words may become better at any time, the form may not change by accident.
/// </summary>
[Collection(ApiCollection.Name)]
public sealed class DocumentTests(ApiFixture fixture)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Kept => Path.Combine(Repository.Root, "tests", "Poa.Actors.Dashboard.Tests", "Api", "openapi.json");

    [Fact]
    public async Task Document_Served_IsTheOneThatIsKept()
    {
        var document = JsonNode.Parse(await fixture.Viewer.GetStringAsync("/openapi/v1.json"))!;
        RemoveProse(document);
        var served = document.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("POA_UPDATE_OPENAPI") == "1")
        {
            await File.WriteAllTextAsync(Kept, served);
        }

        var kept = File.Exists(Kept) ? await File.ReadAllTextAsync(Kept) : "";
        if (kept != served)
        {
            Assert.Fail($"The API is not what {Kept} says. If it is meant to change, run this test with POA_UPDATE_OPENAPI=1 and keep the file. First difference: {Difference(kept, served)}");
        }
    }

    [Fact]
    public async Task Operation_Always_IsDescribed()
    {
        var document = await fixture.Viewer.JsonAsync("/openapi/v1.json");
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Name: $"{operation.Name} {path.Name}", operation.Value))).ToList();
        Assert.NotEmpty(operations);
        Assert.All(operations, operation =>
        {
            var (name, value) = operation;
            Assert.True(value.TryGetProperty("summary", out var summary) && summary.GetString()!.Length > 10, $"{name} has no summary.");
            Assert.True(value.TryGetProperty("operationId", out _), $"{name} has no operation id.");
            foreach (var parameter in value.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [])
            {
                Assert.True(
                    parameter.TryGetProperty("description", out var text) && text.GetString()!.Length > 3,
                    $"Parameter {parameter.GetProperty("name")} of {name} is not described.");
            }

            var statuses = value.GetProperty("responses").EnumerateObject().Select(response => response.Name).ToList();
            Assert.True(statuses.Any(status => status.StartsWith('2')), $"{name} has no answer.");
            Assert.Contains("400", statuses);
            Assert.True(name.Contains('{') ? statuses.Contains("404") || name.Contains("health") : true, $"{name} does not say that there may be nothing.");
            if (!name.EndsWith("/health", StringComparison.Ordinal))
            {
                Assert.Contains("401", statuses);
                Assert.Contains("403", statuses);
            }
        });
    }

    private static void RemoveProse(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            foreach (var name in new[] { "description", "summary" }.Where(name => map[name] is JsonValue))
            {
                map.Remove(name);
            }
        }

        foreach (var child in node switch { JsonObject parent => parent.Select(pair => pair.Value), JsonArray list => list, _ => [] })
        {
            RemoveProse(child);
        }
    }

    private static string Difference(string kept, string served)
    {
        var (left, right) = (kept.Split('\n'), served.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(left.Length, right.Length)).First(i => left.ElementAtOrDefault(i) != right.ElementAtOrDefault(i));
        return $"line {line + 1}\n- {left.ElementAtOrDefault(line)}\n+ {right.ElementAtOrDefault(line)}";
    }
}
