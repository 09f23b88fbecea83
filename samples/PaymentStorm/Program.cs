return await PaymentStorm.StormCommand.RunAsync(args, Console.Out);
