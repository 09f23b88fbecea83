return args is ["diagnose", .. var asked]
    ? await ControlTower.Diagnose.DiagnoseCommand.RunAsync(asked, CancellationToken.None)
    : await ControlTower.TowerCommand.RunAsync(args, CancellationToken.None);
