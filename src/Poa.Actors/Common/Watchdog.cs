namespace Poa.Actors;

/// <summary>
/// Has a grain look after what it has begun: a timer while it is awake, and a reminder, which wakes it when a crash put it down. What it does then
/// must be safe to do twice.
/// </summary>
/// <param name="grain">The grain; it is <see cref="IRemindable"/>, and looks when it is reminded.</param>
/// <param name="isNeeded">There is something to look after.</param>
/// <param name="look">Looks after it.</param>
/// <param name="firstAfter">From the moment it is needed, or the grain awake, until the timer's first look.</param>
/// <param name="period">Between two looks of the timer.</param>
internal sealed class Watchdog(IGrainBase grain, Func<bool> isNeeded, Func<Task> look, TimeSpan firstAfter, TimeSpan period)
{
    /// <summary>Part of the stored form.</summary>
    private const string ReminderName = "watchdog";

    /// <summary>The shortest that a reminder may have.</summary>
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private IGrainTimer? _timer;
    private IGrainReminder? _reminder;

    /// <summary>Starts or ends the timer: when the grain becomes awake, and after each change of its state.</summary>
    public void SetTimer()
    {
        if (isNeeded())
        {
            _timer ??= grain.RegisterGrainTimer(look, new GrainTimerCreationOptions { DueTime = firstAfter, Period = period, KeepAlive = true });
        }
        else
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    /// <summary>Stores or removes the reminder. A crash between a change of the state and this is made good by the next look.</summary>
    public async Task SetReminderAsync()
    {
        if (isNeeded())
        {
            _reminder ??= await grain.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        }
        else if ((_reminder ?? await grain.GetReminder(ReminderName)) is { } reminder)
        {
            await grain.UnregisterReminder(reminder);
            _reminder = null;
        }
    }
}
