using Microsoft.AspNetCore.Components;

namespace Poa.Actors.Dashboard.Ui;

/// <summary>
/// A page or a part of one that shows data and keeps them up to date. It loads while the page is prerendered, hands what it has over to
/// the interactive page, and loads again whenever <see cref="WaitForChangeAsync"/> returns; never twice at a time. A fault is kept in
/// <see cref="Error"/>, beside the last good data, and it goes on trying.
/// </summary>
/// <typeparam name="TData">What is shown; immutable, as it is handed on.</typeparam>
public abstract class LiveComponent<TData> : ComponentBase, IAsyncDisposable
    where TData : class
{
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private PersistingComponentStateSubscription? subscription;
    private Task following = Task.CompletedTask;
    private string? loadedKey;
    private bool isSettled;

    /// <summary>What is shown; null until it was loaded for the first time.</summary>
    protected TData? Data { get; private set; }

    /// <summary>Why the last attempt to load failed; null if it did not.</summary>
    protected WorkError? Error { get; private set; }

    /// <summary>Time between two loads, unless <see cref="WaitForChangeAsync"/> is overridden.</summary>
    protected virtual TimeSpan RefreshInterval => TimeSpan.FromSeconds(2);

    /// <summary>
    /// What the data depend on: when it changes they are loaded anew. The address of the page; a part of a page that shows something
    /// given by a parameter puts that parameter in.
    /// </summary>
    protected virtual string LoadKey => Navigation.ToBaseRelativePath(Navigation.Uri).Split('#')[0];

    /// <summary>Cancelled when the component goes away.</summary>
    protected CancellationToken Stopping { get; private set; }

    /// <summary>The clock.</summary>
    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    /// <summary>Address of the page, and the way to another.</summary>
    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private PersistentComponentState Persisted { get; set; } = null!;

    [Inject]
    private HandOver HandOver { get; set; } = null!;

    [CascadingParameter]
    private PageReadiness? Readiness { get; set; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        subscription?.Dispose();
        Readiness?.Settled(this);
        await following;
        stopping.Dispose();
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads the data. Nothing else may change them.</summary>
    /// <param name="cancellationToken">The component goes away.</param>
    /// <exception cref="PoaException">Shown in place of, or above, the data.</exception>
    protected abstract Task<TData> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Returns when it is time to load again; never, if nothing will change.</summary>
    /// <param name="cancellationToken">The component goes away.</param>
    protected virtual Task WaitForChangeAsync(CancellationToken cancellationToken) => Task.Delay(RefreshInterval, Clock, cancellationToken);

    /// <summary>The data have just been loaded: the place to hand new points to a chart.</summary>
    /// <param name="isInteractive">False while the page is prerendered: there is no browser to talk to.</param>
    protected virtual Task LoadedAsync(bool isInteractive) => Task.CompletedTask;

    /// <summary>Gives back what the component holds.</summary>
    protected virtual ValueTask StopAsync() => ValueTask.CompletedTask;

    /// <summary>Loads now, for example after a command.</summary>
    protected async Task RefreshAsync()
    {
        try
        {
            await turn.WaitAsync(Stopping);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            loadedKey = LoadKey;
            Data = await LoadAsync(Stopping);
            Error = null;
            await LoadedAsync(RendererInfo.IsInteractive);
        }
        catch (PoaException e)
        {
            Error = e.Error;
        }
        catch (Exception) when (Stopping.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            turn.Release();
        }

        StateHasChanged();
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Stopping = stopping.Token;
        Readiness?.Begun(this);
        if (RendererInfo.IsInteractive)
        {
            if (Persisted.TryTakeFromJson<string>(StateName, out var token) && token is not null && HandOver.Take(token) is TData data)
            {
                (Data, loadedKey) = (data, LoadKey);
            }
        }
        else
        {
            subscription = Persisted.RegisterOnPersisting(PersistAsync);
        }
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => loadedKey == LoadKey ? Task.CompletedTask : RefreshAsync();

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            following = FollowAsync();
        }

        if (!isSettled && (Data ?? (object?)Error) is not null)
        {
            isSettled = true;
            if (firstRender && Data is not null)
            {
                await LoadedAsync(isInteractive: true); // the data were handed over
            }

            Readiness?.Settled(this);
        }
    }

    private string StateName => $"{GetType().Name}:{LoadKey}";

    private Task PersistAsync()
    {
        if (Data is not null)
        {
            Persisted.PersistAsJson(StateName, HandOver.Leave(Data));
        }

        return Task.CompletedTask;
    }

    private async Task FollowAsync()
    {
        try
        {
            while (!Stopping.IsCancellationRequested)
            {
                await WaitForChangeAsync(Stopping);
                await RefreshAsync();
            }
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // The page was left.
        }
    }
}
