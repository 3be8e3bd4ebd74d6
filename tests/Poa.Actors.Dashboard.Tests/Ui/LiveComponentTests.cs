using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Tests.Ui;

public sealed class LiveComponentTests : BunitContext
{
    private readonly FakeTimeProvider _time = new();
    private readonly Source _source = new();

    public LiveComponentTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<TimeProvider>(_time);
        Services.AddDashboardUi();
        Services.AddSingleton(_source);
        AddBunitPersistentComponentState();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    [Fact]
    public void Load_Time_LoadsAgain()
    {
        var counter = Render<Counter>();
        counter.WaitForAssertion(() => Assert.Equal("1 ", counter.Markup));

        _time.Advance(TimeSpan.FromSeconds(2));

        counter.WaitForAssertion(() => Assert.Equal("2 ", counter.Markup));
    }

    [Fact]
    public void Load_TakesLongerThanTheInterval_IsNotStartedTwice()
    {
        var counter = Render<Counter>();
        counter.WaitForAssertion(() => Assert.Equal("1 ", counter.Markup));
        var gate = _source.Hold();
        _time.Advance(TimeSpan.FromSeconds(2));
        counter.WaitForState(() => _source.Loads == 2);

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(2, _source.Loads);

        gate.SetResult();
        counter.WaitForAssertion(() => Assert.Equal("2 ", counter.Markup));
    }

    [Fact]
    public void Load_Fails_ShowsTheErrorBesideTheLastDataAndRecovers()
    {
        var counter = Render<Counter>();
        counter.WaitForAssertion(() => Assert.Equal("1 ", counter.Markup));
        _source.Fault = new PoaException(new WorkError("gone", "The host is gone.", "Start it."));

        _time.Advance(TimeSpan.FromSeconds(2));
        counter.WaitForAssertion(() => Assert.Equal("1 The host is gone.", counter.Markup));

        _source.Fault = null;
        _time.Advance(TimeSpan.FromSeconds(2));
        counter.WaitForAssertion(() => Assert.Equal("3 ", counter.Markup));
    }

    [Fact]
    public void Address_Changes_LoadsAtOnce()
    {
        var counter = Render<Counter>();
        counter.WaitForAssertion(() => Assert.Equal("1 ", counter.Markup));

        Services.GetRequiredService<NavigationManager>().NavigateTo("?state=Failed");
        counter.Render();

        counter.WaitForAssertion(() => Assert.Equal("2 ", counter.Markup));
    }

    [Fact]
    public void Render_SameAddress_DoesNotLoad()
    {
        var counter = Render<Counter>();
        counter.WaitForAssertion(() => Assert.Equal("1 ", counter.Markup));

        counter.Render();

        Assert.Equal(1, _source.Loads);
    }

    [Fact]
    public async Task Dispose_WhileLoading_CancelsTheLoad()
    {
        var counter = Render<Counter>();
        counter.WaitForAssertion(() => Assert.Equal("1 ", counter.Markup));
        _source.Hold();
        _time.Advance(TimeSpan.FromSeconds(2));
        counter.WaitForState(() => _source.Loads == 2);

        await DisposeComponentsAsync();

        Assert.True(_source.LastToken.IsCancellationRequested);
    }

    [Fact]
    public void Readiness_FirstData_IsTold()
    {
        var told = 0;
        var readiness = new PageReadiness(() => told++);
        var gate = _source.Hold();
        var counter = Render<Counter>(p => p.AddCascadingValue(readiness));
        Assert.False(readiness.IsReady);

        gate.SetResult();

        counter.WaitForAssertion(() => Assert.True(readiness.IsReady));
        Assert.Equal(1, told);
    }

    [Fact]
    public void HandOver_Token_GivesTheDataOnce()
    {
        using var handOver = new HandOver();
        var data = new object();

        var token = handOver.Leave(data);

        Assert.Same(data, handOver.Take(token));
        Assert.Null(handOver.Take(token));
        Assert.Null(handOver.Take("no such token"));
    }

    private sealed class Source
    {
        private TaskCompletionSource? _gate;

        public int Loads { get; private set; }

        public PoaException? Fault { get; set; }

        public CancellationToken LastToken { get; private set; }

        public TaskCompletionSource Hold() => _gate = new TaskCompletionSource();

        public async Task<string> LoadAsync(CancellationToken cancellationToken)
        {
            LastToken = cancellationToken;
            var number = ++Loads;
            if (_gate is not null)
            {
                await _gate.Task.WaitAsync(cancellationToken);
            }

            return Fault is null ? $"{number}" : throw Fault;
        }
    }

    private sealed class Counter : LiveComponent<string>
    {
        [Inject]
        private Source Source { get; set; } = null!;

        protected override Task<string> LoadAsync(CancellationToken cancellationToken) => Source.LoadAsync(cancellationToken);

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, $"{Data} {Error?.Message}");
    }
}
