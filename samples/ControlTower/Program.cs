if (args is ["diagnose", .. var asked])
    return await ControlTower.Diagnose.DiagnoseCommand.RunAsync(asked, CancellationToken.None);

var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();

app.MapGet("/", () => "The control tower has no orders yet.");

app.Run();
return 0;
