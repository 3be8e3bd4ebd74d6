using Plotly.Blazor.LayoutLib;
using PlotlyLayout = Plotly.Blazor.Layout;
using XTitle = Plotly.Blazor.LayoutLib.XAxisLib.Title;
using XType = Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum;
using YTitle = Plotly.Blazor.LayoutLib.YAxisLib.Title;
using YType = Plotly.Blazor.LayoutLib.YAxisLib.TypeEnum;

namespace Poa.Actors.Dashboard.Ui.Charts;

/// <summary>What the charts have in common. Colours of text and lines are those of the page, by style sheet.</summary>
internal static class ChartParts
{
    private const string Clear = "rgba(0,0,0,0)";

    // Okabe and Ito: told apart also by those who see fewer colours; black is left out, it would vanish in the dark.
    private static readonly (int R, int G, int B)[] Palette =
        [(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233), (148, 103, 189), (140, 140, 140)];

    /// <summary>The colour of a series.</summary>
    /// <param name="index">Its index; colours repeat.</param>
    /// <param name="opacity">In [0, 1].</param>
    public static string Colour(int index, double opacity = 1)
    {
        var (r, g, b) = Palette[index % Palette.Length];
        return FormattableString.Invariant($"rgba({r},{g},{b},{opacity})");
    }

    /// <summary>Text that the chart shows as it is: Plotly reads a little markup in texts.</summary>
    /// <param name="text">The text, possibly of a user.</param>
    public static string Plain(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>A value as Plotly takes it: a gap for what is not finite, seven digits for the rest.</summary>
    /// <param name="value">The value.</param>
    public static object? Value(double value) => double.IsFinite(value) ? (float)value : null;

    /// <summary>A layout with two titled axes.</summary>
    /// <param name="title">Title of the chart; empty for none.</param>
    /// <param name="xTitle">Title of the x axis with its unit.</param>
    /// <param name="yTitle">Title of the y axis with its unit.</param>
    /// <param name="logX">Logarithmic x axis.</param>
    /// <param name="logY">Logarithmic y axis.</param>
    public static PlotlyLayout Layout(string title, string xTitle, string yTitle, bool logX = false, bool logY = false) => new()
    {
        Title = title.Length > 0 ? new Title { Text = Plain(title) } : null,
        PaperBgColor = Clear,
        PlotBgColor = Clear,
        AutoSize = true,
        HoverMode = HoverModeEnum.Closest,
        // Below: tick labels, axis title and legend, one under the other.
        Margin = new Margin { L = 60, R = 15, T = title.Length > 0 ? 40 : 15, B = 80 },
        XAxis = [new XAxis { Title = new XTitle { Text = Plain(xTitle) }, Type = logX ? XType.Log : null }],
        YAxis = [new YAxis { ExponentFormat = Plotly.Blazor.LayoutLib.YAxisLib.ExponentFormatEnum.Power, Title = new YTitle { Text = Plain(yTitle) }, Type = logY ? YType.Log : null, AutoMargin = Plotly.Blazor.LayoutLib.YAxisLib.AutoMarginFlag.Width }],
        // Below everything else: a place relative to the drawing would lie on the axis title of a low chart.
        Legend = [new Legend { Orientation = Plotly.Blazor.LayoutLib.LegendLib.OrientationEnum.H, YRef = Plotly.Blazor.LayoutLib.LegendLib.YRefEnum.Container, Y = 0, YAnchor = Plotly.Blazor.LayoutLib.LegendLib.YAnchorEnum.Bottom }],
    };
}
