using Xunit.Sdk;
using Xunit.v3;

// Browser and host compute: several tests at once on two cores would only wait for each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
