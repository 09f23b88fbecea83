namespace OrderKit.StateMachine.Tests;

/// <summary>Each mistake that a model can have is found, and found alone.</summary>
public sealed class ModelFaultTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public void The_smallest_model_compiles() => Assert.Single(Tiny.With((_, _) => { }).States);

    [Fact]
    public void A_model_needs_a_facet_a_state_a_profile_and_a_creation_trigger()
    {
        Assert.Equal([ModelFaults.Incomplete], Codes(_ => { }));
        Assert.Equal([ModelFaults.Incomplete], Codes(m =>
        {
            m.Facet("goods");
            m.Creation("placed");
            m.Profile("P", [], []);
        }));
        Assert.Equal([ModelFaults.Incomplete], Codes(m =>
        {
            m.Facet("goods").State(1, "Open", "", 0).Resting();
            m.Creation("placed");
        }));
        Assert.Equal([ModelFaults.Incomplete], Codes(m => m.Profile("P", [m.Facet("goods").State(1, "Open", "", 0).Resting()], [])));
    }

    public static TheoryData<string, int> Limits => new()
    {
        { "facets", 4 }, { "states", 200 }, { "anchors", 32 }, { "holds", 32 }, { "kinds of case", 26 }, { "guards", 63 }, { "traits", 64 }, { "sums", 2 },
    };

    [Theory, MemberData(nameof(Limits))]
    public void What_fits_is_limited_and_the_limit_itself_fits(string what, int limit)
    {
        Assert.NotNull(OrderModel.Define("full", 1, m => Fill(m, what, limit)));

        var fault = Assert.Single(Faults(m => Fill(m, what, limit + 1)));
        Assert.Equal(ModelFaults.TooMany, fault.Code);
        Assert.Contains(what, fault.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Duplicates => new("facet", "state code", "state name", "trigger", "hold", "case", "built-in case", "profile", "node");

    [Theory, MemberData(nameof(Duplicates))]
    public void A_code_or_name_stands_for_one_thing(string what)
    {
        var faults = Faults((m, tiny) =>
        {
            switch (what)
            {
                case "facet": m.Facet("goods"); break;
                case "state code": tiny.Next(1, 5, "Other"); break;
                case "state name": tiny.Next(2, 5, "Open"); break;
                case "trigger": m.Fact("placed"); break;
                case "hold": m.Hold("risk", "").Hold("risk", ""); break;
                case "case": m.Case("late", "", ""); m.Case("late", "", ""); break;
                case "built-in case": m.Case(BuiltInCases.ForeignCurrency, "", ""); break;
                case "profile": m.Profile("P", [tiny.Open], []); break;
                default: m.TimelineNode("created", "").TimelineNode("created", ""); break;
            }
        });

        Assert.Equal([ModelFaults.Duplicate], faults.Select(f => f.Code).Distinct());
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(4096)]
    public void A_state_code_lies_between_1_and_4095(int code) =>
        Assert.Equal([ModelFaults.CodeOutOfRange], Codes((_, tiny) => tiny.Next(code, 5)));

    [Theory, InlineData(2), InlineData(4095)]
    public void The_outermost_state_codes_work(int code) => Assert.Equal(code, Tiny.With((_, tiny) => tiny.Next(code, 5)).States[1].Code);

    [Fact]
    public void A_state_that_no_order_can_get_to_is_a_fault() =>
        Single(ModelFaults.UnreachableState, "Island", (_, tiny) => tiny.Goods.State(2, "Island", "", 5).Resting());

    [Fact]
    public void A_state_that_only_a_landing_reaches_is_named_nowhere_and_so_a_fault() =>
        Single(ModelFaults.UnreachableState, "Island", (m, tiny) => m.Fact("landed", tiny.Goods).Lands(tiny.Goods.State(2, "Island", "", 5).Resting()));

    [Fact]
    public void A_waiting_state_without_a_way_out_is_a_fault() =>
        Single(ModelFaults.DeadEnd, "Trap", (m, tiny) =>
        {
            var trap = tiny.Goods.State(2, "Trap", "", 5).Within(Day, "nag");
            m.Timer("nag").Opens(m.Case("trapped", "", ""));
            m.Command("enter", tiny.Goods).From(tiny.Open).To(trap);
        });

    [Fact]
    public void A_waiting_state_that_leads_only_to_itself_is_a_dead_end() =>
        Single(ModelFaults.DeadEnd, "Trap", (m, tiny) =>
        {
            var trap = tiny.Goods.State(2, "Trap", "", 5).Within(Day, "again");
            m.Command("enter", tiny.Goods).From(tiny.Open).To(trap);
            m.Timer("again", tiny.Goods).From(trap).To(trap);
        });

    [Fact]
    public void Waiting_states_that_lead_only_to_each_other_are_a_fault()
    {
        var faults = Faults((m, tiny) =>
        {
            var left = tiny.Goods.State(2, "Left", "", 5).Within(Day, "swing");
            var right = tiny.Goods.State(3, "Right", "", 5).Within(Day, "swing");
            m.Command("enter", tiny.Goods).From(tiny.Open).To(left);
            m.Timer("swing", tiny.Goods).From(left).To(right).From(right).To(left);
        });

        Assert.Equal([(ModelFaults.NoWayToEnd, "Left"), (ModelFaults.NoWayToEnd, "Right")], faults.Select(f => (f.Code, f.Subject)));
    }

    [Fact]
    public void A_detour_whose_only_ways_lead_back_behind_a_reached_anchor_is_a_dead_end() =>
        Single(ModelFaults.DeadEnd, "Detour", (m, tiny) =>
        {
            var packed = tiny.Goods.State(2, "Packed", "", 10).Anchor().Resting();
            var detour = tiny.Goods.Aside(3, "Detour", "").Within(Day, "back");
            m.Command("pack", tiny.Goods).From(tiny.Open).To(packed);
            m.Command("detour", tiny.Goods).From(tiny.Open, packed).To(detour);
            m.Timer("back", tiny.Goods).From(detour).To(tiny.Open);
        });

    [Fact]
    public void A_detour_with_a_way_ahead_of_every_reached_anchor_is_none() =>
        Assert.NotNull(Tiny.With((m, tiny) =>
        {
            var packed = tiny.Goods.State(2, "Packed", "", 10).Anchor().Resting();
            var detour = tiny.Goods.Aside(3, "Detour", "").Within(Day, "back");
            m.Command("pack", tiny.Goods).From(tiny.Open).To(packed);
            m.Command("detour", tiny.Goods).From(tiny.Open, packed).To(detour);
            m.Timer("back", tiny.Goods).From(detour).To(packed, "packed", static (in DecisionContext c) => c.Reached(2)).To(tiny.Open);
        }));

    [Fact]
    public void Two_rules_for_one_state_and_trigger_are_a_fault() =>
        Single(ModelFaults.AmbiguousEdge, "to-2", (_, tiny) =>
        {
            var next = tiny.Next(2, 5);
            tiny.Builder.Triggers.Single(t => t.Name == "to-2").From(tiny.Open).To(next);
        });

    [Fact]
    public void A_branch_behind_one_without_a_condition_is_a_fault() =>
        Single(ModelFaults.AmbiguousEdge, "move", (m, tiny) =>
        {
            var next = tiny.Next(2, 5);
            var edge = m.Command("move", tiny.Goods).From(tiny.Open);
            edge.To(next);
            edge.To(tiny.Open, "never", static (in DecisionContext _) => true);
        });

    [Fact]
    public void Branches_that_may_all_fail_are_a_fault() =>
        Single(ModelFaults.OpenBranch, "move", (m, tiny) =>
            m.Command("move", tiny.Goods).From(tiny.Open).To(tiny.Next(2, 5), "sometimes", static (in DecisionContext _) => false));

    [Fact]
    public void A_rule_without_any_branch_is_a_fault() =>
        Single(ModelFaults.OpenBranch, "move", (m, tiny) => m.Command("move", tiny.Goods).From(tiny.Open));

    [Fact]
    public void A_way_back_over_an_anchor_is_a_fault() =>
        Single(ModelFaults.AnchorUndone, "undo", (m, tiny) => m.Command("undo", tiny.Goods).From(tiny.Next(2, 5).Anchor()).To(tiny.Open));

    [Fact]
    public void A_way_back_from_beyond_an_anchor_is_a_fault() =>
        Single(ModelFaults.AnchorUndone, "undo", (m, tiny) =>
        {
            tiny.Next(2, 5).Anchor();
            m.Command("undo", tiny.Goods).From(tiny.Next(3, 9)).To(tiny.Open);
        });

    [Fact]
    public void A_way_back_that_revokes_every_anchor_that_it_crosses_is_none()
    {
        Assert.NotNull(Tiny.With((m, tiny) =>
        {
            var anchor = tiny.Next(2, 5).Anchor();
            m.Fact("undo", tiny.Goods).Revokes(anchor).From(anchor).To(tiny.Open);
        }));
        Single(ModelFaults.AnchorUndone, "undo", (m, tiny) =>
        {
            tiny.Next(3, 4).Anchor();
            var anchor = tiny.Next(2, 5).Anchor();
            m.Fact("undo", tiny.Goods).Revokes(anchor).From(anchor).To(tiny.Open);
        });
    }

    [Fact]
    public void A_waiting_state_needs_a_deadline() =>
        Single(ModelFaults.MissingDeadline, "Waits", (m, tiny) =>
        {
            var waits = tiny.Goods.State(2, "Waits", "", 5);
            m.Command("enter", tiny.Goods).From(tiny.Open).To(waits);
            m.Command("leave", tiny.Goods).From(waits).To(tiny.Open);
        });

    [Theory, InlineData("unknown"), InlineData("no-rule"), InlineData("fact"), InlineData("zero")]
    public void A_deadline_fires_a_command_that_means_something_after_some_time(string mistake) =>
        Single(ModelFaults.BadDeadline, "Waits", (m, tiny) =>
        {
            var waits = tiny.Goods.State(2, "Waits", "", 5)
                .Within(mistake == "zero" ? TimeSpan.Zero : Day, mistake switch { "unknown" => "nothing", "no-rule" => "enter", "fact" => "seen", _ => "leave" });
            m.Command("enter", tiny.Goods).From(tiny.Open).To(waits);
            m.Timer("leave", tiny.Goods).From(waits).To(tiny.Open);
            m.Fact("seen", tiny.Goods).From(waits).To(tiny.Open);
        });

    [Theory, InlineData("no state"), InlineData("two states"), InlineData("unknown hold"), InlineData("milestone"), InlineData("order of milestones")]
    public void A_profile_begins_in_one_state_per_facet_and_can_pass_its_milestones(string mistake) =>
        Single(ModelFaults.BadProfile, "Q", (m, tiny) =>
        {
            var next = tiny.Next(2, 5);
            var end = tiny.Detour(3);
            switch (mistake)
            {
                case "no state": m.Profile("Q", [], []); break;
                case "two states": m.Profile("Q", [tiny.Open, next], []); break;
                case "unknown hold": m.Profile("Q", [tiny.Open], [], ["nobody"]); break;
                case "milestone": m.Profile("Q", [next], [end]); break;
                default: m.Profile("Q", [tiny.Open], [next, tiny.Open]); break;
            }
        });

    [Fact]
    public void A_headline_table_that_leaves_some_order_without_a_headline_is_a_fault()
    {
        var fault = Assert.Single(Faults(m =>
        {
            var open = m.Facet("goods").State(1, "Open", "", 0).Resting();
            m.Creation("placed");
            m.Profile("P", [open], []);
            m.HeadlineFromCases().HeadlineFromHolds().HeadlineFromStates(open);
        }));

        Assert.Equal(ModelFaults.HeadlineGap, fault.Code);
    }

    [Fact]
    public void A_fact_that_lands_beside_the_way_needs_a_rule_for_every_state()
    {
        Single(ModelFaults.FactWithoutRule, "lost", (m, tiny) =>
        {
            tiny.Next(2, 5);
            var lost = tiny.Detour(3);
            m.Fact("lost", tiny.Goods).Lands(lost).From(tiny.Open).To(lost);
        });
        Assert.NotNull(Tiny.With((m, tiny) =>
        {
            var next = tiny.Next(2, 5);
            var lost = tiny.Detour(3);
            m.Fact("lost", tiny.Goods).Lands(lost).From(tiny.Open).To(lost).From(next).Late();
        }));
    }

    [Theory, InlineData("target"), InlineData("landing"), InlineData("landing without home")]
    public void A_way_stays_within_its_facet(string mistake)
    {
        var fault = Assert.Single(Faults(m =>
        {
            var goods = m.Facet("goods");
            var open = goods.State(1, "Open", "", 0).Resting();
            var unpaid = m.Facet("pay").State(10, "Unpaid", "", 0).Resting();
            m.Creation("placed");
            m.Profile("P", [open, unpaid], []);
            m.HeadlineFromFacet(goods);
            switch (mistake)
            {
                case "target": m.Command("move", goods).From(open).To(unpaid); break;
                case "landing": m.Fact("move", goods).Lands(unpaid); break;
                default: m.Fact("move").Lands(unpaid); break;
            }
        }));

        Assert.Equal((ModelFaults.WrongFacet, "move"), (fault.Code, fault.Subject));
    }

    [Fact]
    public void Only_anchors_can_be_revoked() =>
        Single(ModelFaults.RevokesNoAnchor, "undo", (m, tiny) => m.Fact("undo", tiny.Goods).Revokes(tiny.Next(2, 5)));

    [Theory, InlineData(0), InlineData(251), InlineData(-1)]
    public void An_anchor_has_a_rank_from_1_to_250(int rank) =>
        Single(ModelFaults.BadRank, "S2", (_, tiny) => tiny.Next(2, rank).Anchor());

    [Theory, InlineData(251), InlineData(-1)]
    public void A_rank_lies_between_0_and_250(int rank) => Single(ModelFaults.BadRank, "S2", (_, tiny) => tiny.Next(2, rank));

    [Fact]
    public void An_anchor_beside_the_way_is_a_fault() => Single(ModelFaults.BadRank, "S2", (_, tiny) => tiny.Detour(2).Anchor());

    [Fact]
    public void A_command_that_does_nothing_anywhere_is_a_fault() =>
        Single(ModelFaults.IdleTrigger, "idle", (m, tiny) => m.Command("idle", tiny.Goods));

    [Theory, InlineData("headline"), InlineData("release")]
    public void A_name_that_the_model_does_not_have_is_a_fault(string where) =>
        Single(ModelFaults.UnknownName, "nobody", (m, _) =>
        {
            if (where == "headline")
            {
                m.HeadlineFromCases("nobody");
            }
            else
            {
                m.Fact("seen").Releases("nobody");
            }
        });

    [Fact]
    public void All_faults_are_told_at_once_with_the_way_out()
    {
        var error = Assert.Throws<OrderModelException>(() => OrderModel.Define("faulty", 7, m =>
        {
            var goods = m.Facet("goods");
            var open = goods.State(1, "Open", "", 0).Resting();
            var anchor = goods.State(2, "Anchor", "", 10).Anchor().Resting();
            goods.State(3, "Island", "", 20).Resting();
            var trap = goods.State(4, "Trap", "", 30);
            var left = goods.State(5, "Left", "", 30).Within(Day, "gone");
            var right = goods.State(6, "Right", "", 251).Within(Day, "left-right");
            var aside = goods.Aside(7, "Aside", "").Resting();
            m.Facet("pay").State(10, "Unpaid", "", 0).Resting();
            m.Creation("placed");
            m.Command("on", goods).From(open).To(anchor).From(anchor).To(trap).From(trap).Late();
            m.Command("on-to-left", goods).From(anchor).To(left).From(left).To(right, "maybe", static (in DecisionContext _) => true);
            m.Command("left-right", goods).From(right).To(left);
            m.Command("back", goods).From(anchor).To(open).From(anchor).To(open);
            m.Fact("off", goods).Lands(aside).From(open).To(aside);
            m.Fact("undo", goods).Revokes(open);
            m.Command("idle", goods);
            m.Command("across", goods).From(open).To(m.States.Single(s => s.Code == 10));
            m.Profile("P", [open], []);
            m.HeadlineFromCases("nobody");
        }));

        Assert.Equal("faulty", error.Model);
        Assert.Equal(
            new[]
            {
                ModelFaults.AmbiguousEdge, ModelFaults.AnchorUndone, ModelFaults.BadDeadline, ModelFaults.BadProfile, ModelFaults.BadRank,
                ModelFaults.DeadEnd, ModelFaults.FactWithoutRule, ModelFaults.HeadlineGap, ModelFaults.IdleTrigger, ModelFaults.MissingDeadline,
                ModelFaults.NoWayToEnd, ModelFaults.OpenBranch, ModelFaults.RevokesNoAnchor, ModelFaults.UnknownName,
                ModelFaults.UnreachableState, ModelFaults.WrongFacet,
            }.Order(StringComparer.Ordinal),
            error.Faults.Select(f => f.Code).Distinct().Order(StringComparer.Ordinal));
        Assert.All(error.Faults, f => Assert.Contains($"[{f.Code}] {f.Message}", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_of_size_and_name_are_told_together_before_anything_is_looked_up()
    {
        var codes = Codes(m =>
        {
            for (var i = 0; i < 5; i++)
            {
                m.Facet("goods").State(0, "Open", "", 0);
            }
        });

        Assert.Equal([ModelFaults.CodeOutOfRange, ModelFaults.Duplicate, ModelFaults.Incomplete, ModelFaults.TooMany], codes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_code_of_fault_has_its_own_text()
    {
        var codes = typeof(ModelFaults).GetFields().Select(f => (string)f.GetRawConstantValue()!).ToList();

        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^[a-z]+(-[a-z]+)*$", code));
    }

    private static void Fill(OrderModelBuilder m, string what, int count)
    {
        var tiny = what == "facets" ? null : new Tiny(m);
        switch (what)
        {
            case "facets":
                var firsts = Enumerable.Range(0, count).Select(i => m.Facet($"f{i}").State(i + 1, $"S{i}", "", 0).Resting()).ToList();
                m.Creation("placed");
                m.Profile("P", firsts, []);
                m.HeadlineFromFacet(new FacetBuilder(m, 0, "f0"));
                break;
            case "states":
                for (var i = 2; i <= count; i++)
                {
                    tiny!.Next(i, 5);
                }

                break;
            case "anchors":
                for (var i = 2; i < count + 2; i++)
                {
                    tiny!.Next(i, i).Anchor();
                }

                break;
            case "holds":
                for (var i = 0; i < count; i++)
                {
                    m.Hold($"h{i}", "");
                }

                break;
            case "kinds of case":
                for (var i = 0; i < count; i++)
                {
                    m.Case($"c{i}", "", "");
                }

                break;
            case "guards":
                var guarded = m.Command("guarded", tiny!.Goods).From(tiny.Open).Stay();
                for (var i = 0; i < count; i++)
                {
                    guarded.When($"g{i}", static (in DecisionContext _) => true);
                }

                break;
            case "traits":
                for (var i = 0; i < count; i++)
                {
                    tiny!.Open.Traits(new Trait($"t{i}"));
                }

                break;
            default:
                var sums = m.Fact("sums");
                for (var i = 0; i < count; i++)
                {
                    sums.SetsAmount((Counter)i);
                }

                break;
        }
    }

    [Fact]
    public void A_trigger_that_moves_money_and_has_no_key_is_a_fault_that_says_what_to_write()
    {
        var fault = Assert.Single(Faults((m, _) => m.Fact("tip").AddsAmount(Counter.Captured, Counter.Due)));

        Assert.Equal((ModelFaults.MoneyWithoutKey, "tip"), (fault.Code, fault.Subject));
        Assert.Equal(
            "'tip' of the model 'tiny' moves money and has no key, so a payment that is repeated with any change would count twice. "
            + "Say which number its facts bring, such as KeyedBy(ReferenceKind.Payment), or KeyedById() where each has an id of its own.",
            fault.Message);
    }

    public static TheoryData<string> Movers => new("fact", "command", "timer", "creation");

    [Theory, MemberData(nameof(Movers))]
    public void Whoever_moves_money_needs_a_key(string kind) =>
        Single(ModelFaults.MoneyWithoutKey, "tip", (m, tiny) => (kind switch
        {
            "fact" => m.Fact("tip", tiny.Goods),
            "command" => m.Command("tip"),
            "timer" => m.Timer("tip"),
            _ => m.Creation("tip"),
        }).AddsQuantity(Counter.Packed, Counter.Ordered).AddsAmount(Counter.Refunded, Counter.Captured));

    [Fact]
    public void What_sets_a_sum_or_counts_pieces_needs_none()
    {
        var model = Tiny.With((m, _) =>
        {
            m.Fact("priced").SetsAmount(Counter.Due).SetsQuantity(Counter.Ordered);
            m.Fact("forgiven").Clears(Counter.Due);
            m.Fact("packed").AddsQuantity(Counter.Packed, Counter.Ordered);
            m.Fact("unpacked").TakesQuantity(Counter.Packed);
        });

        Assert.All(model.Triggers, trigger => Assert.Null(trigger.Key));
    }

    private static void Single(string code, string subject, Action<OrderModelBuilder, Tiny> spoil) =>
        Assert.Equal([(code, subject)], Faults(spoil).Select(f => (f.Code, f.Subject)));

    private static IEnumerable<string> Codes(Action<OrderModelBuilder> describe) => Faults(describe).Select(f => f.Code).Distinct();

    private static IEnumerable<string> Codes(Action<OrderModelBuilder, Tiny> spoil) => Faults(spoil).Select(f => f.Code).Distinct();

    private static IReadOnlyList<ModelFault> Faults(Action<OrderModelBuilder, Tiny> spoil) => Faults(m => spoil(m, new Tiny(m)));

    private static IReadOnlyList<ModelFault> Faults(Action<OrderModelBuilder> describe) =>
        Assert.Throws<OrderModelException>(() => OrderModel.Define("tiny", 1, describe)).Faults;
}
