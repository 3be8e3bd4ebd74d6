using Microsoft.Playwright;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;
using Poa.Browser.Tests.Browsing;
using Poa.EndToEnd.Tests.Processes;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Poa.Browser.Tests.Pages;

/// <summary>The pages that only a dashboard with accounts has.</summary>
public sealed class SignInPagesTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "correct horse battery";

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Person_SignsInByKeyboard_AndEveryPageOnTheWayIsAccessible(ColorScheme theme)
    {
        using var home = new TemporaryHome();
        var accounts = new AccountStore(home.Folder);
        await accounts.AddAsync("ana", Password, Role.Admin);
        await accounts.AddAsync("vic", Password, Role.Viewer);
        await using var dashboard = await DashboardProcess.StartAsync(home, more: ["--auth", "accounts"]);
        await using var visitor = await chromium.VisitAsync(dashboard.Address, theme);
        var page = visitor.Page;

        await page.GotoAsync("/administration/accounts");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in");
        await KeepAccessibleAsync(page, $"sign-in-{Name(theme)}");
        // The name has the focus already.
        await page.Keyboard.TypeAsync("ana");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/administration/accounts");
        await visitor.ReadyAsync();
        await Expect(page.GetByRole(AriaRole.Table)).ToContainTextAsync("vic");
        await KeepAccessibleAsync(page, $"accounts-{Name(theme)}");
        visitor.AssertNoFaults();
    }

    [Fact]
    public async Task Viewer_AtAPageOfAdmins_IsToldSo()
    {
        using var home = new TemporaryHome();
        await new AccountStore(home.Folder).AddAsync("vic", Password, Role.Viewer);
        await using var dashboard = await DashboardProcess.StartAsync(home, more: ["--auth", "accounts"]);
        await using var visitor = await chromium.VisitAsync(dashboard.Address);
        var page = visitor.Page;
        await page.GotoAsync("/");
        await page.GetByLabel("Name").FillAsync("vic");
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await visitor.ReadyAsync();

        await page.GotoAsync("/administration/accounts");

        await Expect(page.GetByText("role").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Table)).ToHaveCountAsync(0);
        await KeepAccessibleAsync(page, "not-allowed-light");
    }

    private static async Task KeepAccessibleAsync(IPage page, string name)
    {
        await page.KeepAsync(name);
        Assert.Empty(await page.SeriousFindingsAsync());
    }

    private static string Name(ColorScheme theme) => theme.ToString().ToLowerInvariant();
}
