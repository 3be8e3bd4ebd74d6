using Microsoft.AspNetCore.Components;

namespace Poa.Actors.Dashboard.Ui;

/// <summary>What all fields of a form have in common: a label, help and an error that screen readers connect with the input.</summary>
public abstract class FieldBase : ComponentBase
{
    /// <summary>Id of the input element, unique on the page.</summary>
    protected string InputId { get; } = "f" + Guid.NewGuid().ToString("N")[..8];

    /// <summary>What to fill in.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>True to leave the label to screen readers, as in a row of filters.</summary>
    [Parameter]
    public bool HideLabel { get; set; }

    /// <summary>What is expected: unit, range, an example.</summary>
    [Parameter]
    public string? Help { get; set; }

    /// <summary>What is wrong with the value, and what to do.</summary>
    [Parameter]
    public string? Error { get; set; }

    /// <summary>True if it cannot be changed now.</summary>
    [Parameter]
    public bool Disabled { get; set; }

    /// <summary>Id of the text that describes the input, or null if there is none.</summary>
    protected string? DescriptionId => Help is null && Error is null ? null : InputId + "-text";

    /// <summary>Class that marks a wrong value.</summary>
    protected string Validity => Error is null ? "" : "is-invalid";
}
