using BootstrapBlazor.Components;

namespace Poa.Actors.Dashboard.Ui;

/// <summary>Says in a corner of the page what came of a command. Texts are shown as they are, never read as markup.</summary>
/// <param name="toasts">The component library's service.</param>
public sealed class Notifier(ToastService toasts)
{
    /// <summary>A command was carried out.</summary>
    /// <param name="text">What was done, such as <c>Run r1 is paused.</c></param>
    public Task DoneAsync(string text) => ShowAsync(ToastCategory.Success, "Done", text, TimeSpan.FromSeconds(5));

    /// <summary>A command was not carried out.</summary>
    /// <param name="error">Why, and what to do.</param>
    public Task FailedAsync(WorkError error) =>
        ShowAsync(ToastCategory.Error, error.Message, error.Remedy, TimeSpan.FromSeconds(20));

    /// <summary>Carries a command out and says what came of it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="done">What to say when it was carried out.</param>
    /// <returns>True if it was.</returns>
    public async Task<bool> TryAsync(Func<Task> command, string done)
    {
        try
        {
            await command();
        }
        catch (PoaException e)
        {
            await FailedAsync(e.Error);
            return false;
        }

        await DoneAsync(done);
        return true;
    }

    // The library reads its Content as markup; a fragment with text is encoded.
    private Task ShowAsync(ToastCategory category, string title, string text, TimeSpan time) => toasts.Show(new ToastOption
    {
        Category = category,
        HeaderTemplate = builder =>
        {
            builder.OpenElement(0, "strong");
            builder.AddAttribute(1, "class", "me-auto");
            builder.AddContent(2, title);
            builder.CloseElement();
        },
        ChildContent = builder => builder.AddContent(0, text),
        Delay = (int)time.TotalMilliseconds,
    });
}
