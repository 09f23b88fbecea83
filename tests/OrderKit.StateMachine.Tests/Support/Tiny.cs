namespace OrderKit.StateMachine.Tests;

/// <summary>The smallest model that compiles: one facet with one state. Tests add what they are about.</summary>
internal sealed class Tiny
{
    public Tiny(OrderModelBuilder m)
    {
        Builder = m;
        Goods = m.Facet("goods");
        Open = Goods.State(1, "Open", "开", 0).Resting();
        Placed = m.Creation("placed");
        m.Profile("P", [Open], []);
        m.HeadlineFromFacet(Goods);
    }

    public OrderModelBuilder Builder { get; }

    public FacetBuilder Goods { get; }

    public StateBuilder Open { get; }

    public TriggerBuilder Placed { get; }

    public static OrderModel With(Action<OrderModelBuilder, Tiny> add) => OrderModel.Define("tiny", 1, m => add(m, new Tiny(m)));

    /// <summary>A further state that orders can get to and rest in.</summary>
    public StateBuilder Next(int code, int rank, string? name = null)
    {
        var state = Goods.State(code, name ?? $"S{code}", "", rank).Resting();
        Builder.Command($"to-{code}", Goods).From(Open).To(state);
        return state;
    }

    /// <summary>A further state beside the way that orders can get to and rest in.</summary>
    public StateBuilder Detour(int code)
    {
        var state = Goods.Aside(code, $"S{code}", "").Resting();
        Builder.Command($"to-{code}", Goods).From(Open).To(state);
        return state;
    }
}
