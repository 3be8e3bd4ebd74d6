using System.Globalization;
using BootstrapBlazor.Components;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Commands;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;
using Poa.Actors.Dashboard.Ui;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests;

/// <summary>Draws a page as somebody of a role would see it, over the cluster of all tests.</summary>
public abstract class PageContext : BunitContext
{
    private readonly string _home = Directory.CreateTempSubdirectory("poa-pages-").FullName;

    protected PageContext(ClusterFixture cluster)
    {
        CultureInfo.CurrentUICulture = new CultureInfo("en-US");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Cluster = cluster;
        Poa = new PoaClient(cluster.Client);
        Accounts = new AccountStore(_home);
        Services.AddSingleton(Poa);
        Services.AddSingleton(Accounts);
        Services.AddSingleton(new DashboardOptions { Home = _home, Authentication = AuthenticationMode.Accounts });
        Services.AddSingleton<ILogger<DashboardCommands>>(NullLogger<DashboardCommands>.Instance);
        Services.AddSingleton<Sessions>();
        Services.AddSingleton<DashboardCommands>();
        Services.AddScoped<PageCommands>();
        Services.AddDashboardUi();
        AddBunitPersistentComponentState();
    }

    /// <summary>The grains and the stand-in for the worker.</summary>
    protected ClusterFixture Cluster { get; }

    /// <summary>What the pages read through.</summary>
    protected PoaClient Poa { get; }

    /// <summary>The accounts of the data folder.</summary>
    protected AccountStore Accounts { get; }

    /// <summary>The time that a page may take to show what the grains know.</summary>
    protected static TimeSpan Limit => TimeSpan.FromSeconds(30);

    /// <summary>Draws a page within the root that dialogs and toasts are drawn by.</summary>
    /// <param name="parameters">The page's own.</param>
    protected IRenderedComponent<BootstrapBlazorRoot> Draw<TPage>(Action<ComponentParameterCollectionBuilder<TPage>>? parameters = null)
        where TPage : IComponent => Render<BootstrapBlazorRoot>(root => root.AddChildContent(parameters));

    /// <summary>Signs somebody in, before anything is drawn.</summary>
    /// <param name="role">The role, which is the name as well.</param>
    protected void SignIn(Role role)
    {
        var authorization = AddAuthorization();
        authorization.SetAuthorized(Roles.NameOf(role));
        authorization.SetRoles(Roles.NameOf(role));
        authorization.SetPolicies([.. Enum.GetValues<Role>().Where(r => r <= role).Select(Roles.NameOf)]);
        SetRendererInfo(new RendererInfo("Server", isInteractive: true)); // last: it fixes the services
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_home, recursive: true);
    }
}
