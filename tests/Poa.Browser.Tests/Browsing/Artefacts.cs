using Microsoft.Playwright;
using Poa.Testing;

namespace Poa.Browser.Tests.Browsing;

/// <summary>Pictures of the pages, kept beside the test reports for people to look at.</summary>
public static class Artefacts
{
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "test-results", "pages");

    /// <summary>Keeps a picture of the whole page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="name">File name without its end.</param>
    public static async Task KeepAsync(this IPage page, string name) =>
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, name + ".png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
}
