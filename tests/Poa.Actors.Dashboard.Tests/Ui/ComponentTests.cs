using System.Globalization;
using BootstrapBlazor.Components;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Ui;
using Time = Poa.Actors.Dashboard.Ui.Time;

namespace Poa.Actors.Dashboard.Tests.Ui;

public sealed class ComponentTests : BunitContext
{
    public ComponentTests()
    {
        CultureInfo.CurrentUICulture = new CultureInfo("en-US");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddDashboardUi();
    }

    [Fact]
    public void ErrorPanel_MarkupInMessage_IsShownAsTextWithRemedyAndCode()
    {
        var panel = Render<ErrorPanel>(p => p.Add(e => e.Error, new WorkError("no-data", "<script>x</script> is gone.", "Look for it.")));

        Assert.Empty(panel.FindAll("script"));
        Assert.Contains("<script>x</script> is gone.", panel.Find("[role=alert]").TextContent);
        Assert.Contains("Look for it.", panel.Find("[role=alert]").TextContent);
        Assert.Equal("no-data", panel.Find("code").TextContent);
    }

    [Fact]
    public void ErrorPanel_NoError_DrawsNothing() => Assert.Equal("", Render<ErrorPanel>(p => p.Add(e => e.Error, null)).Markup.Trim());

    [Fact]
    public void Time_Moment_IsWrittenInUtcForTheBrowserToTurn()
    {
        var time = Render<Time>(p => p.Add(t => t.Value, new DateTimeOffset(2026, 11, 23, 22, 55, 0, TimeSpan.FromHours(1)))).Find("poa-time");

        Assert.Equal("2026-11-23T21:55:00.0000000Z", time.GetAttribute("datetime"));
        Assert.Equal("2026-11-23 21:55 UTC", time.TextContent);
    }

    [Theory]
    [InlineData(0.4, "40")]
    [InlineData(7.0, "100")]
    [InlineData(double.NaN, "0")]
    public void ProgressBar_AnyValue_StaysWithinItsEnds(double value, string now)
    {
        var bar = Render<ProgressBar>(p => p.Add(b => b.Value, value).Add(b => b.Label, "progress")).Find("[role=progressbar]");

        Assert.Equal(now, bar.GetAttribute("aria-valuenow"));
        Assert.Equal($"width: {now}%", bar.Children[0].GetAttribute("style"));
    }

    [Fact]
    public void Sparkline_ValuesWithAGap_DrawsTheFiniteOnes()
    {
        var line = Render<Sparkline>(p => p.Add(s => s.Values, [4f, float.NaN, 2f]).Add(s => s.Label, "loss from 4 to 2"));

        Assert.Equal("0,1 100,23", line.Find("polyline").GetAttribute("points"));
        Assert.Equal("loss from 4 to 2", line.Find("svg").GetAttribute("aria-label"));
    }

    [Theory]
    [MemberData(nameof(RunStatuses))]
    public void StatusTag_EveryState_HasWordAndIcon(RunStatus status)
    {
        var tag = Render<StatusTag>(p => p.Add(t => t.Run, status));

        Assert.Equal(status.ToString(), tag.Find("span").TextContent.Trim());
        Assert.NotNull(tag.Find("i.fa-solid"));
    }

    public static TheoryData<RunStatus> RunStatuses => [.. Enum.GetValues<RunStatus>()];

    [Fact]
    public void CodeBlock_Markup_IsShownAsText()
    {
        var block = Render<CodeBlock>(p => p.Add(c => c.Text, "a: <b>1</b>").Add(c => c.Label, "configuration"));

        Assert.Equal("a: <b>1</b>", block.Find("code").TextContent);
        Assert.Empty(block.FindAll("b"));
    }

    [Fact]
    public void TextField_Error_IsConnectedWithTheInput()
    {
        var field = Render<TextField>(p => p.Add(f => f.Label, "Name").Add(f => f.Error, "Too long."));

        var input = field.Find("input");
        Assert.Equal(input.Id, field.Find("label").GetAttribute("for"));
        Assert.Equal("Too long.", field.Find($"#{input.GetAttribute("aria-describedby")}").TextContent);
    }

    [Fact]
    public void NumberField_NoNumber_TellsNull()
    {
        double? told = 1;
        var field = Render<NumberField>(p => p.Add(f => f.Label, "Budget").Add(f => f.ValueChanged, value => told = value));

        field.Find("input").Change("abc");

        Assert.Null(told);
    }

    [Fact]
    public async Task ConfirmButton_Click_AsksFirst()
    {
        var confirmed = 0;
        var button = Render<BootstrapBlazorRoot>(root => root.AddChildContent<ConfirmButton>(p => p.Add(b => b.Text, "Cancel").Add(b => b.Question, "Cancel run <b>r</b>?")
            .AddChildContent("It stops.").Add(b => b.OnConfirm, () => confirmed++)));

        await button.Find(".btn-outline-danger").ClickAsync();
        Assert.Equal(0, confirmed);
        Assert.Equal("Cancel run <b>r</b>?", button.Find(".modal-title").TextContent);

        await button.Find(".modal-footer .btn-danger").ClickAsync();
        Assert.Equal(1, confirmed);
    }

    [Fact]
    public void ConfirmButton_Disabled_SaysWhy()
    {
        var button = Render<ConfirmButton>(p => p.Add(b => b.Text, "Cancel").Add(b => b.Question, "?").AddChildContent("")
            .Add(b => b.OnConfirm, () => { }).Add(b => b.Disabled, true).Add(b => b.Reason, "It has ended.")).Find("button");

        Assert.True(button.HasAttribute("disabled"));
        Assert.Equal("It has ended.", button.GetAttribute("title"));
    }

    [Fact]
    public async Task Notifier_MarkupInTexts_IsShownAsText()
    {
        var root = Render<BootstrapBlazorRoot>(p => p.AddChildContent(""));

        await root.InvokeAsync(() => Services.GetRequiredService<Notifier>().FailedAsync(new WorkError("c", "No <u>run</u>", "Look <u>again</u>")));

        root.WaitForAssertion(() => Assert.Contains("Look <u>again</u>", root.Find(".toast").TextContent));
        Assert.Contains("No <u>run</u>", root.Find(".toast").TextContent);
        Assert.Empty(root.FindAll("u"));
    }
}
