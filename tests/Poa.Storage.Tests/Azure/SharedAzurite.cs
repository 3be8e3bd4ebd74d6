using Poa.Testing;

[assembly: AssemblyFixture(typeof(AzuriteServer))]
