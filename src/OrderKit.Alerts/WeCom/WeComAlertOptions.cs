namespace OrderKit.Alerts;

/// <summary>The robot of a WeCom group (企业微信群机器人) that posts alerts.</summary>
public sealed class WeComAlertOptions
{
    /// <summary>The sink's name. Each sink has a name of its own.</summary>
    /// <value><c>wecom</c>.</value>
    public string Name { get; set; } = "wecom";

    /// <summary>The robot's address with its key. It is a secret: anyone who has it can post to the group.</summary>
    /// <value>Looks like <c>https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…</c>.</value>
    public Uri? Address { get; set; }

    /// <summary>How many messages this process sends per minute.</summary>
    /// <value>20, the limit of WeCom.</value>
    public int PerMinute { get; set; } = 20;

    /// <summary>How long one request may take.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    internal IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return "WeComAlertOptions.Name is empty. Set a name.";
        }

        if (!AlertAddress.IsSafe(Address))
        {
            yield return "WeComAlertOptions.Address must be the https address of the robot, with its key.";
        }

        if (PerMinute is < 1 or > 20)
        {
            yield return $"WeComAlertOptions.PerMinute is {PerMinute}. It must be between 1 and 20.";
        }

        if (Timeout <= TimeSpan.Zero)
        {
            yield return $"WeComAlertOptions.Timeout is {Timeout}; it must be positive.";
        }
    }
}
