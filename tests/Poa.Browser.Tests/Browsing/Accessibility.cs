using System.Text.Json;
using Microsoft.Playwright;
using Poa.Testing;

namespace Poa.Browser.Tests.Browsing;

/// <summary>Automated accessibility rules: axe-core, from npm.</summary>
public static class Accessibility
{
    private static readonly string Script = Environment.GetEnvironmentVariable("POA_AXE")
        ?? Path.Combine(Repository.Root, "artifacts", "tools", "node_modules", "axe-core", "axe.min.js");

    /// <summary>Serious and critical findings on the page as it stands, one line each.</summary>
    public static async Task<IReadOnlyList<string>> SeriousFindingsAsync(this IPage page)
    {
        if (!File.Exists(Script))
        {
            throw new FileNotFoundException($"{Script} is missing: infra/test.sh installs axe-core; or set POA_AXE to the path of axe.min.js.");
        }

        // Evaluated by the debugger, which the page's content security policy does not bind.
        await page.EvaluateAsync(await File.ReadAllTextAsync(Script));
        var result = await page.EvaluateAsync<JsonElement>("() => axe.run()");
        return
        [
            .. from violation in result.GetProperty("violations").EnumerateArray()
               where violation.GetProperty("impact").GetString() is "serious" or "critical"
               from node in violation.GetProperty("nodes").EnumerateArray()
               select $"{violation.GetProperty("impact")}: {violation.GetProperty("id")}: {node.GetProperty("html")} {node.GetProperty("failureSummary")}",
        ];
    }
}
