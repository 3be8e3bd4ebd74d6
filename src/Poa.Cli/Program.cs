using Poa.Cli;

return await PoaCommandLine.RunAsync(args, CliContext.ForProcess()).ConfigureAwait(false);
