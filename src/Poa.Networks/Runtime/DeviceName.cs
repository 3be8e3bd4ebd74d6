using System.Globalization;
using TorchSharp;

namespace Poa.Networks;

/// <summary>Names of devices: <c>cpu</c>, <c>cuda</c>, <c>cuda:N</c>.</summary>
internal static class DeviceName
{
    /// <exception cref="ArgumentException">The text is no device name.</exception>
    internal static (DeviceType Kind, int Index) Parse(string name)
    {
        switch (name.Split(':'))
        {
            case ["cpu"]:
                return (DeviceType.CPU, 0);
            case ["cuda"]:
                return (DeviceType.CUDA, 0);
            case ["cuda", var digits] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index):
                return (DeviceType.CUDA, index);
            default:
                throw new ArgumentException($"'{name}' is not a device; write cpu, cuda or cuda:N, for example cuda:0.", nameof(name));
        }
    }
}
