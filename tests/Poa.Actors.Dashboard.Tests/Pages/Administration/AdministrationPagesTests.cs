using BootstrapBlazor.Components;
using Bunit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Pages.Administration;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Pages.Administration;

public sealed class AdministrationPagesTests(ClusterFixture cluster) : PageContext(cluster)
{
    private const string Password = "correct horse battery";

    [Theory]
    [InlineData(typeof(AuditLogPage))]
    [InlineData(typeof(AccountsPage))]
    [InlineData(typeof(AdministrationPage))]
    public void Page_IsForAdminsOnly(Type page) =>
        Assert.Contains(page.GetCustomAttributes(typeof(AuthorizeAttribute), inherit: true).Cast<AuthorizeAttribute>(), a => a.Policy == Roles.Admin);

    [Fact]
    public async Task Audit_FilterInTheAddress_ListsWhatFits()
    {
        SignIn(Role.Admin);
        var target = Specifications.NewId("audit");
        await Poa.Audit.AppendAsync(new AuditEntry { User = "olga", Role = "operator", Command = "run.cancel", Target = target, Outcome = AuditOutcome.Refused, Detail = "<b>x</b>" });
        await Poa.Audit.AppendAsync(new AuditEntry { User = "olga", Command = "run.start", Target = "another" });
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/administration/audit?text={target}&command=run.cancel");

        var page = Draw<AuditLogPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")), Limit);
        var row = page.Find("tbody tr").TextContent;
        Assert.All(["olga", "operator", "run.cancel", target, "Refused", "<b>x</b>"], text => Assert.Contains(text, row));
    }

    [Fact]
    public void Audit_NothingFits_SaysSo()
    {
        SignIn(Role.Admin);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/administration/audit?user=nobody-of-that-name");

        var page = Draw<AuditLogPage>();

        page.WaitForAssertion(() => Assert.Contains("No entries", page.Markup), Limit);
    }

    [Fact]
    public async Task Accounts_Add_ListsTheAccountAndEmptiesTheForm()
    {
        SignIn(Role.Admin);
        var page = Draw<AccountsPage>();
        Input(page, "Name").Change("olga");
        Input(page, "Password (empty: API keys only)").Change(Password);
        page.Find("section select").Change(Roles.Operator);

        await page.Find("section .btn-primary").ClickAsync();

        page.WaitForAssertion(() => Assert.Contains("olga", page.Find("tbody").TextContent), Limit);
        Assert.Equal(Role.Operator, Assert.Single(Accounts.List()).Role);
        Assert.DoesNotContain(Password, page.Markup);
    }

    [Fact]
    public async Task Accounts_ShortPassword_AddsNothing()
    {
        SignIn(Role.Admin);
        var page = Draw<AccountsPage>();
        Input(page, "Name").Change("olga");
        Input(page, "Password (empty: API keys only)").Change("short");

        await page.Find("section .btn-primary").ClickAsync();

        Assert.Empty(Accounts.List());
    }

    [Fact]
    public async Task Accounts_NewKey_IsShownOnce()
    {
        SignIn(Role.Admin);
        await Accounts.AddAsync("olga", Password, Role.Viewer);
        var page = Draw<AccountsPage>();
        page.WaitForElement("[aria-label='New key for olga']", Limit);

        await page.Find("[aria-label='New key for olga']").ClickAsync();

        page.WaitForElement("[aria-label='New API key'] code", Limit);
        var secret = page.Find("[aria-label='New API key'] pre code").TextContent;
        Assert.StartsWith(Assert.Single(Accounts.List()[0].Keys).Prefix, secret);
        await page.Find("[aria-label='New API key'] > button").ClickAsync();
        Assert.DoesNotContain(secret, page.Markup);
    }

    [Fact]
    public async Task Accounts_RoleAndRemoval_AreCarriedOut()
    {
        SignIn(Role.Admin);
        await Accounts.AddAsync("boss", Password, Role.Admin);
        await Accounts.AddAsync("olga", Password, Role.Viewer);
        var page = Draw<AccountsPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count), Limit);

        await page.FindAll("tbody select")[1].ChangeAsync(new ChangeEventArgs { Value = Roles.Operator });
        page.WaitForAssertion(() => Assert.Equal(Role.Operator, Accounts.List().Single(a => a.Name == "olga").Role), Limit);

        var row = page.FindAll("tbody tr")[1];
        await row.QuerySelectorAll("button").Last().ClickAsync();
        await page.Find(".modal-footer .btn-danger").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal(["boss"], Accounts.List().Select(a => a.Name)), Limit);
    }

    private static AngleSharp.Dom.IElement Input(IRenderedComponent<BootstrapBlazorRoot> page, string label) =>
        page.Find($"#{page.FindAll("label").Single(l => l.TextContent == label).GetAttribute("for")}");
}
