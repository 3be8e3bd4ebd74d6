using Poa.Testing;

[assembly: AssemblyFixture(typeof(PostgresServer))]
