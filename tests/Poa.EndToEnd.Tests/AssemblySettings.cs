using Xunit.Sdk;
using Xunit.v3;

// Each test starts processes that compute; several at once on two cores would only measure each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
