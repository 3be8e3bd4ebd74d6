using Xunit.Sdk;
using Xunit.v3;

// Tensor operations use all threads they are given; running tests side by side would only make them wait for each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
