using Poa.Actors.Dashboard.Hosting.CommandLine;

return await StandAlone.RunAsync(args, Console.Out, Console.Error);
