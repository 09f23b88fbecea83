namespace OrderKit.StateMachine.Tests;

public sealed class OrderModelTests
{
    private static readonly Trait Boxed = new("boxed");

    // Two facets, three holds, two kinds of case, and a headline table with every kind of row.
    private static readonly OrderModel Shop = OrderModel.Define("shop", 3, m =>
    {
        var pay = m.Facet("pay");
        var unpaid = pay.State(100, "Unpaid", "待付款", 0).Resting();
        var disputed = pay.Aside(130, "Disputed", "争议").Resting();
        var goods = m.Facet("goods");
        var open = goods.State(200, "Open", "待审核", 0).Resting();
        var packed = goods.State(202, "Packed", "已打包", 10).Traits(Boxed, new Trait("done")).Anchor().End();
        m.Hold("risk", "风控").Hold("address", "地址").Hold("manual", "人工");
        m.Case("odd", "desk", "Something odd.");
        var slow = m.Case("slow", "desk", "Something slow.");
        m.Creation("placed");
        m.Command("pack", goods).From(open).To(packed);
        m.Command("dispute", pay).From(unpaid).To(disputed);
        m.Fact("slowed").Opens(slow);
        m.Profile("PARCEL", [unpaid, open], [packed]);
        m.Profile("POS", [unpaid, packed], [], ["manual"]);
        m.HeadlineFromCases("slow", BuiltInCases.IdReused).HeadlineFromStates(disputed).HeadlineFromHolds().HeadlineFromStates(packed).HeadlineFromFacet(pay);
    });

    [Fact]
    public void Things_are_found_by_name_and_code_and_missed_without_an_exception()
    {
        Assert.Equal(202, Shop.StateOf(202)!.Code);
        Assert.Equal("pack", Shop.TriggerNamed("pack")!.Name);
        Assert.Equal("POS", Shop.ProfileNamed("POS")!.Code);
        Assert.Equal("slow", Shop.CaseNamed("slow")!.Code);
        Assert.Equal("desk", Shop.CaseNamed("slow")!.Owner);
        Assert.NotNull(Shop.CaseNamed(BuiltInCases.UnexpectedFact));
        Assert.Null(Shop.StateOf(201));
        Assert.Null(Shop.StateOf(-1));
        Assert.Null(Shop.StateOf(int.MaxValue));
        Assert.Null(Shop.TriggerNamed("PACK"));
        Assert.Null(Shop.ProfileNamed("pos"));
        Assert.Null(Shop.CaseNamed("nobody"));
    }

    [Fact]
    public void Holds_and_cases_are_bits_with_names()
    {
        var bits = Shop.HoldBits(["manual", "risk"]);

        Assert.Equal(["risk", "manual"], Shop.HoldCodes(bits));
        Assert.Empty(Shop.HoldCodes(0));
        Assert.Equal(0u, Shop.HoldBits([]));
        Assert.Contains("nobody", Assert.Throws<ArgumentException>(() => Shop.HoldBits(["nobody"])).Message, StringComparison.Ordinal);
        Assert.Equal(["slow", BuiltInCases.IdReused], Shop.CaseCodes(Shop.CaseNamed("slow")!.Bit | Shop.CaseNamed(BuiltInCases.IdReused)!.Bit));
        Assert.Empty(Shop.CaseCodes(0));
        Assert.Equal(Shop.Cases.Count, Shop.Cases.Select(c => c.Bit).Distinct().Count());
    }

    [Fact]
    public void The_edges_that_it_names_are_those_described() =>
        Assert.Equal(
            [new OrderModel.Edge(200, 202, "pack", null), new OrderModel.Edge(100, 130, "dispute", null)],
            Shop.Edges);

    [Fact]
    public void The_first_profile_is_the_default_and_each_begins_where_it_says()
    {
        Assert.Equal([100, 200], new Walk(Shop).States);
        var pos = new Walk(Shop, "POS");
        Assert.Equal([100, 202], pos.States);
        Assert.Equal(["manual"], pos.Holds);
    }

    [Fact]
    public void An_order_has_the_traits_of_each_of_its_states()
    {
        var order = new Walk(Shop);
        Assert.False(Shop.HasTrait(order.Order.States, Boxed));

        order.Tell("pack");

        Assert.True(Shop.HasTrait(order.Order.States, Boxed));
        Assert.True(Shop.HasTrait(order.Order.States, new Trait("boxed")));
        Assert.True(Shop.HasTrait(order.Order.States, new Trait(new string("done".AsSpan()))));
        Assert.False(Shop.HasTrait(order.Order.States, new Trait("BOXED")));
        Assert.False(Shop.HasTrait(order.Order.States, default));
    }

    [Fact]
    public void The_headline_is_the_first_row_that_applies()
    {
        var order = new Walk(Shop);
        Assert.Equal(new Headline("100", "待付款", HeadlineRule.Facet), Shop.HeadlineOf(order.Order));

        order.Tell("pack");
        Assert.Equal(new Headline("202", "已打包", HeadlineRule.Facet), Shop.HeadlineOf(order.Order));

        var held = order.Order with { Holds = Shop.HoldBits(["manual", "address"]) };
        Assert.Equal(new Headline("address", "地址", HeadlineRule.Holds), Shop.HeadlineOf(held));

        order.Tell("dispute");
        var disputed = order.Order with { Holds = held.Holds };
        Assert.Equal(new Headline("130", "争议", HeadlineRule.Facet), Shop.HeadlineOf(disputed));

        var slow = disputed with { Cases = Shop.CaseNamed("slow")!.Bit | Shop.CaseNamed("odd")!.Bit };
        Assert.Equal(new Headline("slow", "Something slow.", HeadlineRule.Cases), Shop.HeadlineOf(slow));

        var odd = disputed with { Cases = Shop.CaseNamed("odd")!.Bit };
        Assert.Equal("130", Shop.HeadlineOf(odd).Code);
    }

    [Fact]
    public void A_row_of_cases_without_names_means_all()
    {
        var model = Tiny.With((m, _) => { });
        var all = OrderModel.Define("all", 1, m =>
        {
            var open = m.Facet("goods").State(1, "Open", "", 0).Resting();
            m.Creation("placed");
            m.Profile("P", [open], []);
            m.HeadlineFromCases().HeadlineFromFacet(new FacetBuilder(m, 0, "goods"));
        });
        var order = new Walk(all).Order with { Cases = BuiltInCases.NothingToRevokeBit };

        Assert.Equal(BuiltInCases.NothingToRevoke, all.HeadlineOf(order).Code);
        Assert.Equal("1", model.HeadlineOf(new Walk(model).Order with { Cases = BuiltInCases.NothingToRevokeBit }).Code);
    }

    [Fact]
    public void A_model_knows_its_own_orders() => Assert.True(Shop.Knows(new Walk(Shop).Order));

    [Fact]
    public void A_model_refuses_to_be_bound_to_what_it_does_not_describe()
    {
        var order = new Walk(Shop).Order;

        Assert.False(Shop.Knows(order with { Model = new ModelFingerprint(order.Model.Value ^ 1) }));
        Assert.False(Shop.Knows(order with { Profile = 2 }));
        Assert.False(Shop.Knows(order with { Profile = -1 }));
        Assert.False(Shop.Knows(order with { States = order.States.With(1, 201) }));
        Assert.False(Shop.Knows(order with { States = order.States.With(1, 0) }));
        Assert.False(Shop.Knows(order with { States = order.States.With(0, 0xFFFF) }));
        Assert.False(Shop.Knows(order with { States = order.States.With(1, 100) }));
        Assert.False(Shop.Knows(order with { States = order.States.With(0, 200).With(1, 100) }));
        Assert.False(Shop.Knows(order with { States = order.States.With(2, 100) }));
        Assert.False(Shop.Knows(order with { States = order.States.With(3, 1) }));
        Assert.True(Shop.Knows(order with { States = order.States.With(1, 202) }));
    }

    [Fact]
    public void A_model_with_four_facets_knows_its_orders()
    {
        var model = OrderModel.Define("four", 1, m =>
        {
            m.Profile("P", [.. Enumerable.Range(0, 4).Select(i => m.Facet($"f{i}").State(i + 1, $"S{i}", "", 0).Resting())], []);
            m.Creation("placed");
            m.HeadlineFromFacet(new FacetBuilder(m, 3, "f3"));
        });
        var order = new Walk(model).Order;

        Assert.True(model.Knows(order));
        Assert.False(model.Knows(order with { States = order.States.With(3, 1) }));
        Assert.Equal("4", model.HeadlineOf(order).Code);
    }

    [Fact]
    public void Two_models_of_one_name_stand_side_by_side_and_the_last_is_for_new_orders()
    {
        var first = Tiny.With((_, _) => { });
        var second = OrderModel.Define("tiny", 2, m => _ = new Tiny(m));
        var registry = new OrderModelRegistry([Shop, first, second]);

        Assert.Same(first, registry.Find(first.Fingerprint));
        Assert.Same(second, registry.Find(second.Fingerprint));
        Assert.Null(registry.Find(new ModelFingerprint(1)));
        Assert.Same(second, registry.ForNewOrders("tiny"));
        Assert.Same(Shop, registry.ForNewOrders(null));
        Assert.Null(registry.ForNewOrders("nobody"));
        Assert.Equal([Shop, first, second], registry.Models);
    }

    [Fact]
    public void The_default_name_may_have_a_newer_model() =>
        Assert.Equal(2, new OrderModelRegistry([Tiny.With((_, _) => { }), OrderModel.Define("tiny", 2, m => _ = new Tiny(m))]).ForNewOrders(null)!.Version);

    [Fact]
    public void A_registry_has_at_least_one_model_and_each_once()
    {
        Assert.Throws<ArgumentException>(() => new OrderModelRegistry([]));
        Assert.Throws<ArgumentNullException>(() => new OrderModelRegistry(null!));
        var error = Assert.Throws<ArgumentException>(() => new OrderModelRegistry([Shop, Tiny.With((_, _) => { }), Tiny.With((_, _) => { })]));
        Assert.Contains("'tiny'", error.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(""), InlineData(" ")]
    public void A_model_needs_a_name(string name) => Assert.Throws<ArgumentException>(() => OrderModel.Define(name, 1, _ => { }));
}
