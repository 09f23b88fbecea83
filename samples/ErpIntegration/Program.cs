return await ErpIntegration.ErpCommand.RunAsync(args, Console.Out, Console.Error);
