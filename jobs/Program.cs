return await MyNumber.Jobs.Cli.CommandLine.RunAsync(args);
