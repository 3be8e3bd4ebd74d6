using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Poa.Testing;
using Xunit;

namespace Poa.Cli.Tests.Deployment;

/// <summary>docker-compose.yml is a Compose file by the schema of the Compose Specification (tests/compose-spec), as `docker compose config` checks first.</summary>
public sealed class ComposeSchemaTests
{
    private static readonly JsonSchema Schema = Load();

    public static TheoryData<string, string> Mistakes => new()
    {
        { "/services/control-1/commnd", "\"x\"" },
        { "/services/database/healthcheck/interval", "2" },
        { "/services/dashboard/ports", "\"5280\"" },
        { "/services/worker-1/volumes", "{ \"images\": \"/images\" }" },
        { "/services/blobs/restart", "true" },
        { "/secrets/database", "\"file\"" },
        { "/volumes", "[\"database\"]" },
    };

    [Fact]
    public void ComposeFile_AgainstTheSpecification_IsValid() => Assert.Empty(Faults(YamlJson.Of(ComposeFile.Root)!));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void ComposeFile_WithAMistake_IsNot(string path, string value)
    {
        var file = YamlJson.Of(ComposeFile.Root)!;
        var steps = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var parent = steps[..^1].Aggregate(file, (node, step) => node[step]!);
        parent[steps[^1]] = JsonNode.Parse(value);
        Assert.NotEmpty(Faults(file));
    }

    private static IReadOnlyList<string> Faults(JsonNode file)
    {
        var result = Schema.Evaluate(JsonSerializer.SerializeToElement(file), new EvaluationOptions { OutputFormat = OutputFormat.List });
        return result.IsValid ? [] :
        [
            .. (result.Details ?? []).Where(detail => detail.Errors is not null).Select(detail => $"{detail.InstanceLocation}: {string.Join(" ", detail.Errors!.Values)}"),
            $"{file["name"]} is not valid.",
        ];
    }

    private static JsonSchema Load()
    {
        var text = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "compose-spec", "compose-spec.json")))!;
        // As the draft's own name has it; the file writes https. Its id is no absolute one, and nothing refers to it.
        text["$schema"] = "http://json-schema.org/draft-07/schema#";
        text.AsObject().Remove("$id");
        return JsonSchema.FromText(text.ToJsonString());
    }
}
