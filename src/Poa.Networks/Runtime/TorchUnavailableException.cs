namespace Poa.Networks;

/// <summary>The native tensor library or a device is not available. The message says why and what to do.</summary>
public sealed class TorchUnavailableException : Exception
{
    internal TorchUnavailableException(string message)
        : base(message)
    {
    }

    internal TorchUnavailableException(Exception cause)
        : base(
            $"The native tensor library does not load: {Innermost(cause).Message} "
            + "It is made for x86-64 Linux with glibc 2.28 or later and lies beside the program; build the project again if files are missing there.",
            cause)
    {
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }
}
