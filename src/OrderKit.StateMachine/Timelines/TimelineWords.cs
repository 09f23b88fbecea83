namespace OrderKit.StateMachine;

/// <summary>The words of timelines, in English unless said otherwise; copy with <c>with</c> to change some.</summary>
public sealed record TimelineWords
{
    /// <summary>English.</summary>
    public static TimelineWords English { get; } = new();

    /// <summary>Simplified Chinese.</summary>
    public static TimelineWords Chinese { get; } = new()
    {
        Title = "订单状态溯源图谱",
        Order = "订单",
        Status = "状态",
        Placed = "下单",
        AsOf = "截至",
        Model = "模型",
        Numbers = "单号",
        ShipBy = "最晚发货",
        DeliverBy = "承诺送达",
        Holds = "挂起",
        OpenCase = "待处理",
        Deadline = "时限",
        Overdue = "已超时",
        Due = "截止",
        Source = "来源",
        SourceTime = "来源时间",
        OurTime = "我方时间",
        What = "事件",
        State = "状态",
        Result = "结果",
        Dwell = "停留",
        Operator = "操作人",
        Evidence = "凭证",
        Response = "响应码",
        Trace = "链路",
        Log = "日志",
        RawStatus = "原始状态",
        Attachment = "附件",
        Guards = "未满足",
        Unsealed = "未封存",
        RevokedBy = "撤销于",
        NoEntries = "还没有任何记录",
        Outcomes = new Dictionary<DecisionKind, string>
        {
            [DecisionKind.Applied] = "已生效",
            [DecisionKind.AlreadyApplied] = "重复",
            [DecisionKind.Late] = "迟到",
            [DecisionKind.Early] = "提前",
            [DecisionKind.Contradictory] = "矛盾",
            [DecisionKind.Rejected] = "已拒绝",
            [DecisionKind.GuardFailed] = "条件不符",
        },
        Reasons = new Dictionary<DecisionReason, string>
        {
            [DecisionReason.Expected] = "符合流程",
            [DecisionReason.SameState] = "已处于该状态",
            [DecisionReason.PassedState] = "订单已越过该状态",
            [DecisionReason.BehindAnchor] = "不能退回到锚点之前",
            [DecisionReason.SkippedStates] = "中间状态未上报",
            [DecisionReason.NoEvidence] = "声称到达锚点但没有凭证",
            [DecisionReason.ContradictsState] = "与当前状态矛盾",
            [DecisionReason.ContradictsOrder] = "已生效,但与订单其他事实矛盾",
            [DecisionReason.ForeignCurrency] = "币种与订单不同",
            [DecisionReason.NothingToRevoke] = "该来源从未上报过被撤销的事实",
            [DecisionReason.NotAllowed] = "当前状态不允许",
            [DecisionReason.Held] = "订单被挂起",
            [DecisionReason.Guarded] = "不满足规则条件",
            [DecisionReason.IdReused] = "同一编号用于不同内容",
            [DecisionReason.CaseClosed] = "人工关闭待处理项",
            [DecisionReason.ModelMoved] = "迁移到另一模型",
            [DecisionReason.SumOutOfRange] = "合计超出范围",
        },
        Marks = new Dictionary<TimelineMarks, string>
        {
            [TimelineMarks.Repeated] = "重复",
            [TimelineMarks.Late] = "迟到",
            [TimelineMarks.Early] = "提前",
            [TimelineMarks.Contradictory] = "矛盾",
            [TimelineMarks.Refused] = "被拒",
            [TimelineMarks.ClockBackward] = "时间早于前一节点",
            [TimelineMarks.ClockAhead] = "来源时间在未来",
            [TimelineMarks.LateFact] = "延迟上报",
            [TimelineMarks.YearsOld] = "时间过旧",
        },
        NodeStatuses = new Dictionary<Timeline.NodeStatus, string>
        {
            [Timeline.NodeStatus.Reached] = "已到达",
            [Timeline.NodeStatus.NotYet] = "尚未到达",
            [Timeline.NodeStatus.Missing] = "缺失",
            [Timeline.NodeStatus.Revoked] = "已撤销",
            [Timeline.NodeStatus.NotComing] = "不再发生",
        },
    };

    /// <summary>The title.</summary>
    public string Title { get; init; } = "Order timeline";

    /// <summary>The order.</summary>
    public string Order { get; init; } = "Order";

    /// <summary>Its status.</summary>
    public string Status { get; init; } = "Status";

    /// <summary>When it was placed.</summary>
    public string Placed { get; init; } = "placed";

    /// <summary>Up to when it is told.</summary>
    public string AsOf { get; init; } = "as of";

    /// <summary>The model.</summary>
    public string Model { get; init; } = "Model";

    /// <summary>Its numbers.</summary>
    public string Numbers { get; init; } = "Numbers";

    /// <summary>Handing over to the carrier.</summary>
    public string ShipBy { get; init; } = "ship by";

    /// <summary>The promised arrival.</summary>
    public string DeliverBy { get; init; } = "deliver by";

    /// <summary>The holds.</summary>
    public string Holds { get; init; } = "held";

    /// <summary>An open case.</summary>
    public string OpenCase { get; init; } = "open case";

    /// <summary>A deadline.</summary>
    public string Deadline { get; init; } = "deadline";

    /// <summary>A deadline that passed.</summary>
    public string Overdue { get; init; } = "overdue";

    /// <summary>When something is due.</summary>
    public string Due { get; init; } = "due";

    /// <summary>The system.</summary>
    public string Source { get; init; } = "Source";

    /// <summary>The time by the system's clock.</summary>
    public string SourceTime { get; init; } = "Source's time";

    /// <summary>The time by our clock.</summary>
    public string OurTime { get; init; } = "Our time";

    /// <summary>The trigger.</summary>
    public string What { get; init; } = "What";

    /// <summary>The state entered.</summary>
    public string State { get; init; } = "State";

    /// <summary>The outcome.</summary>
    public string Result { get; init; } = "Result";

    /// <summary>The time in the state left.</summary>
    public string Dwell { get; init; } = "after";

    /// <summary>The person.</summary>
    public string Operator { get; init; } = "operator";

    /// <summary>The document.</summary>
    public string Evidence { get; init; } = "evidence";

    /// <summary>The response code.</summary>
    public string Response { get; init; } = "response";

    /// <summary>The trace.</summary>
    public string Trace { get; init; } = "trace";

    /// <summary>The log.</summary>
    public string Log { get; init; } = "log";

    /// <summary>The source's spelling of the status.</summary>
    public string RawStatus { get; init; } = "raw status";

    /// <summary>A document.</summary>
    public string Attachment { get; init; } = "attachment";

    /// <summary>The guards that failed.</summary>
    public string Guards { get; init; } = "not met";

    /// <summary>A row without a seal.</summary>
    public string Unsealed { get; init; } = "not sealed";

    /// <summary>What revoked a node.</summary>
    public string RevokedBy { get; init; } = "revoked by";

    /// <summary>An order without a journal.</summary>
    public string NoEntries { get; init; } = "nothing was recorded yet";

    /// <summary>The outcomes.</summary>
    public IReadOnlyDictionary<DecisionKind, string> Outcomes { get; init; } = new Dictionary<DecisionKind, string>
    {
        [DecisionKind.Applied] = "applied",
        [DecisionKind.AlreadyApplied] = "already applied",
        [DecisionKind.Late] = "late",
        [DecisionKind.Early] = "early",
        [DecisionKind.Contradictory] = "contradictory",
        [DecisionKind.Rejected] = "refused",
        [DecisionKind.GuardFailed] = "refused by a rule",
    };

    /// <summary>The reasons.</summary>
    public IReadOnlyDictionary<DecisionReason, string> Reasons { get; init; } = new Dictionary<DecisionReason, string>
    {
        [DecisionReason.Expected] = "as expected",
        [DecisionReason.SameState] = "the order is in that state already",
        [DecisionReason.PassedState] = "the order is past that state",
        [DecisionReason.BehindAnchor] = "it would go back behind an anchor",
        [DecisionReason.SkippedStates] = "states in between were not reported",
        [DecisionReason.NoEvidence] = "it claims an anchor and brings no evidence",
        [DecisionReason.ContradictsState] = "it contradicts the state",
        [DecisionReason.ContradictsOrder] = "it took effect and contradicts the rest of the order",
        [DecisionReason.ForeignCurrency] = "the amount is in another currency",
        [DecisionReason.NothingToRevoke] = "its source never told what it revokes",
        [DecisionReason.NotAllowed] = "the state does not allow it",
        [DecisionReason.Held] = "a hold stands in the way",
        [DecisionReason.Guarded] = "a rule stands in the way",
        [DecisionReason.IdReused] = "its source used one id for two contents",
        [DecisionReason.CaseClosed] = "an operator closed a case",
        [DecisionReason.ModelMoved] = "the order was moved to another model",
        [DecisionReason.SumOutOfRange] = "a sum would leave its range",
    };

    /// <summary>The marks.</summary>
    public IReadOnlyDictionary<TimelineMarks, string> Marks { get; init; } = new Dictionary<TimelineMarks, string>
    {
        [TimelineMarks.Repeated] = "repeated",
        [TimelineMarks.Late] = "late",
        [TimelineMarks.Early] = "early",
        [TimelineMarks.Contradictory] = "contradictory",
        [TimelineMarks.Refused] = "refused",
        [TimelineMarks.ClockBackward] = "earlier than the step before",
        [TimelineMarks.ClockAhead] = "in the future",
        [TimelineMarks.LateFact] = "heard of late",
        [TimelineMarks.YearsOld] = "years old",
    };

    /// <summary>How an order stands to a node.</summary>
    public IReadOnlyDictionary<Timeline.NodeStatus, string> NodeStatuses { get; init; } = new Dictionary<Timeline.NodeStatus, string>
    {
        [Timeline.NodeStatus.Reached] = "reached",
        [Timeline.NodeStatus.NotYet] = "not yet",
        [Timeline.NodeStatus.Missing] = "missing",
        [Timeline.NodeStatus.Revoked] = "revoked",
        [Timeline.NodeStatus.NotComing] = "not coming",
    };

    internal string Of(DecisionKind kind) => Outcomes.TryGetValue(kind, out var word) ? word : kind.ToString();

    internal string Of(DecisionReason reason) => Reasons.TryGetValue(reason, out var word) ? word : reason.ToString();

    internal string Of(Timeline.NodeStatus status) => NodeStatuses.TryGetValue(status, out var word) ? word : status.ToString();

    internal IEnumerable<string> Of(TimelineMarks marks)
    {
        for (var bit = 1; bit <= (int)TimelineMarks.YearsOld; bit <<= 1)
        {
            if (((int)marks & bit) != 0)
            {
                var mark = (TimelineMarks)bit;
                yield return Marks.TryGetValue(mark, out var word) ? word : mark.ToString();
            }
        }
    }
}
