using Microsoft.AspNetCore.Components;
using Poa.Actors.Dashboard.Ui;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>Where a run is put together and started.</summary>
public sealed partial class NewRunPage
{
    private const string YamlExample = "student:\n  patch_size: 14\noptim:\n  epochs: 50";
    private static readonly IReadOnlyList<Crumb> Crumbs = [new("Runs", "/")];
    private static readonly IReadOnlyList<Choice> presets = [.. ConfigurationPresets.Names.Select(name => new Choice(name, name))];
    private static readonly IReadOnlyList<Choice> recipes = [new("", "as configured"), .. ConfigurationRecipes.Names.Select(name => new Choice(name, name))];
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource leaving = new();
    private NewRunDraft draft = new();
    private ResolvedDraft resolved = new(null, null, [], []);
    private string yaml = "";
    private string? prefilledBy;
    private DataInspection? inspection;
    private CalibrationSnapshot? calibration;
    private WorkError? error;
    private WorkError? dataError;
    private WorkError? startError;
    private bool isChecking;
    private bool isMeasuring;
    private bool isStarting;

    // The same id for every try of this page: a second click, or a try after a lost answer, starts no second run.
    private string? startId;

    /// <summary>Preset to begin with.</summary>
    [SupplyParameterFromQuery(Name = "preset")]
    public string? Preset { get; set; }

    /// <summary>Data to begin with.</summary>
    [SupplyParameterFromQuery(Name = "data")]
    public string? Data { get; set; }

    /// <summary>Run whose configuration and data are copied.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    private string DataToUse => draft.Data.Length > 0 ? draft.Data : resolved.Configuration?.Train.DatasetPath ?? "";

    private string PresetHelp => draft.Preset switch
    {
        NewRunDraft.QuickPreset => "A minute on a laptop: shows that everything works, not that anything is learned.",
        _ => "A small file over the defaults; all of it is shown beside.",
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        leaving.Cancel();
        leaving.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var source = $"{Preset}&{Data}&{From}";
        if (prefilledBy == source)
        {
            return;
        }

        (prefilledBy, error) = (source, null);
        Change(new NewRunDraft
        {
            Preset = Preset is not null && ConfigurationPresets.Names.Contains(Preset) ? Preset : NewRunDraft.QuickPreset,
            Data = Data ?? "",
        });
        if (From is not null)
        {
            try
            {
                var run = (await Poa.Runs.GetAsync(From, leaving.Token)).Specification;
                Change(new NewRunDraft { Yaml = run.ConfigurationYaml, Data = run.Data, Name = run.Name.Length > 0 ? $"{run.Name} (copy)" : "" });
            }
            catch (PoaException e)
            {
                error = e.Error;
            }
        }
    }

    /// <summary>A field that was emptied is what it was at first.</summary>
    private static int Whole(double? value, int otherwise) => value is { } number ? (int)Math.Round(number) : otherwise;

    private static string? Text(IReadOnlyList<ConfigurationFault> faults) => faults.Count == 0 ? null : string.Join(" ", faults.Select(fault => fault.Message));

    private void Change(NewRunDraft changed)
    {
        if (changed.Data != draft.Data)
        {
            (inspection, dataError, calibration) = (null, null, null);
        }

        var before = resolved.Configuration;
        (draft, startError, startId) = (changed, null, null);
        resolved = draft.Resolve();
        if (resolved.Configuration is { } configuration)
        {
            yaml = configuration.ToYaml();
            if (before is not null && before.Fingerprint != configuration.Fingerprint)
            {
                calibration = null;
            }
        }
    }

    private async Task CheckAsync()
    {
        (isChecking, dataError, inspection) = (true, null, null);
        try
        {
            inspection = await Commands.InspectDataAsync(DataToUse, leaving.Token);
        }
        catch (PoaException e)
        {
            dataError = e.Error;
        }
        finally
        {
            isChecking = false;
        }
    }

    private async Task MeasureAsync()
    {
        (isMeasuring, calibration) = (true, null);
        try
        {
            var measured = await Commands.CalibrateAsync(draft.ToNewRun(), leaving.Token);
            calibration = measured;
            while (calibration == measured && !measured.IsFinished)
            {
                StateHasChanged();
                await Task.Delay(PollInterval, Clock, leaving.Token);
                if (calibration != measured)
                {
                    return; // the configuration was changed meanwhile: this is no answer for it
                }

                calibration = measured = await Poa.Plans.GetCalibrationAsync(measured.Key, leaving.Token);
            }
        }
        catch (PoaException e)
        {
            dataError = e.Error;
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The page was left; the measurement goes on and is found again.
        }
        finally
        {
            isMeasuring = false;
        }
    }

    private async Task StopMeasuringAsync()
    {
        if (calibration is not { IsFinished: false } running)
        {
            return;
        }

        try
        {
            calibration = await Commands.CancelCalibrationAsync(running.Key, leaving.Token);
        }
        catch (PoaException e)
        {
            error = e.Error;
        }
    }

    private async Task StartAsync()
    {
        (isStarting, startError) = (true, null);
        try
        {
            startId ??= RunId.New(Clock);
            var run = await Commands.StartRunAsync(draft.ToNewRun(startId), leaving.Token);
            Navigation.NavigateTo($"/runs/{run.Specification.RunId}");
        }
        catch (PoaException e)
        {
            startError = e.Error;
        }
        finally
        {
            isStarting = false;
        }
    }
}
