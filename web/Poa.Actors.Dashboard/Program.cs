using Poa.Actors.Client;
using Poa.Actors.Dashboard.Hosting;

// Alone: a client of the host that serves the data folder.
var home = args is [var folder] ? folder : throw new ArgumentException("usage: Poa.Actors.Dashboard FOLDER");
await using var client = await PoaClient.ConnectAsync(home);
await using var host = await DashboardHost.StartAsync(new DashboardOptions { Home = home }, client);
Console.WriteLine($"dashboard: {host.Address}");
await Task.Delay(Timeout.Infinite);
