namespace OrderKit.Messaging;

/// <summary>Which robot of a WeCom group tells alerts.</summary>
public sealed class WeComAlertOptions
{
    /// <summary>The sink's name; another one for each.</summary>
    /// <value><c>wecom</c>.</value>
    public string Name { get; set; } = "wecom";

    /// <summary>The robot's address with its key: <c>https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…</c>. Whoever has it can write into the group.</summary>
    public Uri? Address { get; set; }

    /// <summary>How many messages a minute this process sends.</summary>
    /// <value>20, which is what WeCom takes of a robot.</value>
    public int PerMinute { get; set; } = 20;

    /// <summary>How long WeCom may take.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    internal IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return "WeComAlertOptions.Name is empty.";
        }

        if (!AlertAddress.IsSafe(Address))
        {
            yield return "WeComAlertOptions.Address is the https address of the robot, with its key.";
        }

        if (PerMinute is < 1 or > 20)
        {
            yield return $"WeComAlertOptions.PerMinute is {PerMinute}; WeCom takes 1 to 20 messages a minute.";
        }

        if (Timeout <= TimeSpan.Zero)
        {
            yield return $"WeComAlertOptions.Timeout is {Timeout}; it must be longer than nothing.";
        }
    }
}
