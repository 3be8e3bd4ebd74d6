using Microsoft.Playwright;
using Xunit;

namespace Poa.Browser.Tests.Browsing;

/// <summary>One browser for all tests of a collection: the system's Chromium, without a window.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Path of the browser: POA_CHROMIUM, or Debian's place.</summary>
    private static string Executable { get; } = Environment.GetEnvironmentVariable("POA_CHROMIUM") ?? "/usr/bin/chromium";

    public async ValueTask InitializeAsync()
    {
        Assert.True(File.Exists(Executable), $"{Executable} is missing: install Debian's package chromium, or set POA_CHROMIUM to the path of a Chromium.");
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = ["--no-sandbox"] });
    }

    /// <summary>A fresh profile with one page, watched for faults.</summary>
    /// <param name="address">Where relative addresses lead.</param>
    /// <param name="theme">Light or dark, as the system would say it.</param>
    /// <param name="width">Width of the window in pixels.</param>
    public async Task<Visitor> VisitAsync(Uri address, ColorScheme theme = ColorScheme.Light, int width = 1280)
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ColorScheme = theme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            TimezoneId = "Europe/Berlin",
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(30_000);
        return new Visitor(context, await context.NewPageAsync(), address);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }
}
