using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Layout;

/// <summary>The frame of every page.</summary>
public sealed partial class MainLayout
{
    private static readonly WorkError UnexpectedFault = new(
        "page-fault", "This page met an error that it was not prepared for.", "Load it again. The log of the dashboard has the particulars.");

    private readonly PageReadiness readiness;
    private ErrorBoundary? boundary;
    private bool isInteractive;

    /// <summary>Frames a page.</summary>
    public MainLayout() => readiness = new PageReadiness(() => InvokeAsync(StateHasChanged));

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    // With a base element a bare fragment would lead to the start page.
    private string SkipHref => Navigation.Uri.Split('#')[0] + "#content";

    /// <inheritdoc/>
    protected override void OnParametersSet() => boundary?.Recover();

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            isInteractive = true;
            StateHasChanged();
        }
    }
}
