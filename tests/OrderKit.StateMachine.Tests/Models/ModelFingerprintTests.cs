using System.Globalization;
using OrderKit.Core;

namespace OrderKit.StateMachine.Tests;

public sealed class ModelFingerprintTests
{
    private static readonly OrderModel Earlier = Tiny.With((_, _) => { });

    private static readonly Dictionary<string, Func<Recipe, Recipe>> Changes = new()
    {
        ["name"] = r => r with { Name = "other" },
        ["version"] = r => r with { Version = 2 },
        ["facet name"] = r => r with { Facet = "stock" },
        ["state code"] = r => r with { Code = 203 },
        ["state name"] = r => r with { StateName = "Boxed" },
        ["rank"] = r => r with { Rank = 11 },
        ["no rank"] = r => r with { Rank = null, Anchor = false },
        ["anchor"] = r => r with { Anchor = false },
        ["end"] = r => r with { End = true },
        ["resting"] = r => r with { Resting = true },
        ["trait"] = r => r with { Trait = "sealed" },
        ["deadline trigger"] = r => r with { DeadlineTrigger = "nudge" },
        ["deadline"] = r => r with { After = TimeSpan.FromHours(2) },
        ["deadline basis"] = r => r with { Basis = DeadlineBasis.ShipBy },
        ["probe"] = r => r with { Probe = "stock" },
        ["trigger name"] = r => r with { Trigger = "box" },
        ["standing"] = r => r with { Standing = FactStanding.Fact },
        ["landing"] = r => r with { Lands = true },
        ["no hold allowed"] = r => r with { UnlessHeld = true },
        ["places holds"] = r => r with { PlacesHolds = true },
        ["releases holds"] = r => r with { ReleasesHolds = true },
        ["releases a hold"] = r => r with { Releases = "risk" },
        ["releases another hold"] = r => r with { Releases = "address" },
        ["releases a hold if"] = r => r with { Releases = "risk", ReleaseCondition = "paid" },
        ["guard name"] = r => r with { Guard = "stocked" },
        ["counter"] = r => r with { Counter = Counter.Shipped },
        ["counter operation"] = r => r with { Takes = true },
        ["rest of a counter"] = r => r with { Of = Counter.Shipped },
        ["cleared counter"] = r => r with { Clears = "always" },
        ["counter condition"] = r => r with { Clears = "sometimes" },
        ["amount for quantity"] = r => r with { IsMoney = true },
        ["branch name"] = r => r with { Branch = "most" },
        ["branch target"] = r => r with { BranchStays = true },
        ["last branch target"] = r => r with { ElseStays = true },
        ["late rule"] = r => r with { Rule = "late" },
        ["contradicting rule"] = r => r with { Rule = "contradicts" },
        ["edge source"] = r => r with { FurtherSource = true },
        ["opened case"] = r => r with { Opens = true },
        ["opening condition"] = r => r with { Opens = true, OpensWhen = "odd" },
        ["revocation"] = r => r with { Revokes = true },
        ["hold code"] = r => r with { Hold = "fraud" },
        ["case code"] = r => r with { Case = "delay" },
        ["case owner"] = r => r with { Owner = "warehouse" },
        ["case time"] = r => r with { CaseWithin = TimeSpan.FromHours(3) },
        ["case closing"] = r => r with { Closing = "gone" },
        ["profile code"] = r => r with { Profile = "COD" },
        ["profile start"] = r => r with { StartsPacked = true },
        ["profile milestones"] = r => r with { Milestone = true },
        ["profile hold"] = r => r with { ProfileHold = true },
        ["headline rule"] = r => r with { Headline = "holds" },
        ["headline cases"] = r => r with { Headline = "cases" },
        ["headline named cases"] = r => r with { Headline = "named cases" },
        ["headline states"] = r => r with { Headline = "states" },
        ["timeline node"] = r => r with { Node = "packed" },
        ["timeline node states"] = r => r with { NodeHasState = true },
        ["superseded model"] = r => r with { Supersedes = true },
        ["timer"] = r => r with { IsTimer = true },
        ["homeless trigger"] = r => r with { SeenHasHome = true },
    };

    public static TheoryData<string> Names => new(Changes.Keys);

    [Fact]
    public void Equal_descriptions_have_equal_fingerprints() => Assert.Equal(new Recipe().Cook().Fingerprint, new Recipe().Cook().Fingerprint);

    [Theory, MemberData(nameof(Names))]
    public void Each_single_change_changes_it(string change) =>
        Assert.NotEqual(new Recipe().Cook().Fingerprint, Changes[change](new Recipe()).Cook().Fingerprint);

    [Fact]
    public void No_two_changes_give_the_same_fingerprint()
    {
        var fingerprints = Changes.Values.Select(change => change(new Recipe()).Cook().Fingerprint).ToList();

        Assert.Equal(fingerprints.Count, fingerprints.Distinct().Count());
    }

    [Fact]
    public void Texts_for_people_may_change_without_moving_orders() =>
        Assert.Equal(new Recipe().Cook().Fingerprint, (new Recipe() with { LocalText = "装箱" }).Cook().Fingerprint);

    [Fact]
    public void A_key_may_be_added_or_changed_without_moving_orders() =>
        Assert.Single(new Action<TriggerBuilder>[] { _ => { }, t => t.KeyedBy(ReferenceKind.Payment), t => t.KeyedBy(ReferenceKind.Trade), t => t.KeyedById() }
            .Select(key => Tiny.With((m, _) => key(m.Fact("seen"))).Fingerprint).Distinct());

    [Theory, InlineData("tr-TR"), InlineData("ar-SA"), InlineData("fa-IR"), InlineData("sv-SE"), InlineData("th-TH")]
    public void It_is_the_same_in_every_culture(string culture)
    {
        var here = new Recipe().Cook().Fingerprint;
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            Assert.Equal(here, new Recipe().Cook().Fingerprint);
            Assert.Equal(here, ModelFingerprint.Parse(here.ToString()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // Computed by hand from the layout of the canonical form: orders in databases are bound to it, so it must not drift.
    [Fact]
    public void The_canonical_form_is_the_one_that_stored_orders_are_bound_to() =>
        Assert.Equal("e3d9c14de992af8e", Tiny.With((_, _) => { }).Fingerprint.ToString());

    [Fact]
    public void It_is_written_with_sixteen_digits_and_read_back()
    {
        Assert.Equal("00000000000000ff", new ModelFingerprint(255).ToString());
        Assert.Equal(new ModelFingerprint(255), ModelFingerprint.Parse("00000000000000ff"));
        Assert.Equal(new ModelFingerprint(ulong.MaxValue), ModelFingerprint.Parse("FFFFFFFFFFFFFFFF"));
    }

    [Theory, InlineData(""), InlineData("ff"), InlineData("00000000000000fff"), InlineData("00000000000000fg"), InlineData(" 0000000000000ff"), InlineData("0x000000000000ff")]
    public void Any_other_text_is_no_fingerprint(string text) => Assert.Throws<FormatException>(() => ModelFingerprint.Parse(text));

    [Fact]
    public void A_model_knows_which_one_it_adds_to()
    {
        var later = (new Recipe() with { Supersedes = true }).Cook();

        Assert.Equal(Earlier.Fingerprint, later.Superseded);
        Assert.Null(Earlier.Superseded);
    }

    private sealed record Recipe
    {
        public string Name { get; init; } = "shop";
        public int Version { get; init; } = 1;
        public string Facet { get; init; } = "goods";
        public int Code { get; init; } = 202;
        public string StateName { get; init; } = "Packed";
        public int? Rank { get; init; } = 10;
        public bool Anchor { get; init; } = true;
        public bool End { get; init; }
        public bool Resting { get; init; }
        public string Trait { get; init; } = "boxed";
        public string DeadlineTrigger { get; init; } = "nag";
        public TimeSpan After { get; init; } = TimeSpan.FromHours(1);
        public DeadlineBasis Basis { get; init; }
        public string? Probe { get; init; }
        public string Trigger { get; init; } = "pack";
        public FactStanding Standing { get; init; } = FactStanding.Command;
        public bool IsTimer { get; init; }
        public bool Lands { get; init; }
        public bool UnlessHeld { get; init; }
        public bool PlacesHolds { get; init; }
        public bool ReleasesHolds { get; init; }
        public string? Releases { get; init; }
        public string? ReleaseCondition { get; init; }
        public string Guard { get; init; } = "cleared";
        public Counter Counter { get; init; } = Counter.Packed;
        public bool Takes { get; init; }
        public Counter Of { get; init; } = Counter.Ordered;
        public bool IsMoney { get; init; }
        public string? Clears { get; init; }
        public string Branch { get; init; } = "all";
        public bool BranchStays { get; init; }
        public bool ElseStays { get; init; }
        public string Rule { get; init; } = "none";
        public bool FurtherSource { get; init; }
        public bool Opens { get; init; }
        public string OpensWhen { get; init; } = "always";
        public bool Revokes { get; init; }
        public string Hold { get; init; } = "manual";
        public string Case { get; init; } = "late";
        public string Owner { get; init; } = "desk";
        public TimeSpan? CaseWithin { get; init; }
        public string Closing { get; init; } = "done";
        public string Profile { get; init; } = "PARCEL";
        public bool StartsPacked { get; init; }
        public bool Milestone { get; init; }
        public bool ProfileHold { get; init; }
        public string Headline { get; init; } = "facet";
        public string Node { get; init; } = "created";
        public bool NodeHasState { get; init; }
        public bool Supersedes { get; init; }
        public bool SeenHasHome { get; init; }
        public string LocalText { get; init; } = "已打包";

        public OrderModel Cook() => OrderModel.Define(Name, Version, m =>
        {
            static bool Yes(in DecisionContext _) => true;

            var goods = m.Facet(Facet);
            var open = goods.State(200, "Open", LocalText, 0).Resting();
            var packed = (Rank is { } rank ? goods.State(Code, StateName, LocalText, rank) : goods.Aside(Code, StateName, LocalText))
                .Traits(new Trait(Trait)).Within(After, DeadlineTrigger, Basis, Probe);
            packed = Anchor ? packed.Anchor() : packed;
            packed = End ? packed.End() : packed;
            packed = Resting ? packed.Resting() : packed;
            var shipped = goods.State(303, "Shipped", LocalText, 20).End();
            var other = goods.Aside(290, "Cancelled", LocalText).End();
            m.Hold("risk", LocalText).Hold("address", LocalText).Hold(Hold, LocalText);
            var late = m.Case(Case, Owner, LocalText, CaseWithin).ClosedWhen(Closing, Yes);
            m.Creation("placed");
            m.Timer("nag", goods).From(packed).To(shipped);
            m.Timer("nudge", goods).From(packed).To(shipped);
            m.Command("cancel", goods).From(open).To(other);
            m.Command("direct", goods).From(open).To(packed);
            m.Fact("seen", SeenHasHome ? goods : null);
            var pack = IsTimer ? m.Timer(Trigger, goods) : Standing == FactStanding.Fact ? m.Fact(Trigger, goods) : m.Command(Trigger, goods);
            pack.When(Guard, Yes);
            pack = IsMoney ? pack.AddsAmount(Counter, Of).KeyedById() : Takes ? pack.TakesQuantity(Counter) : pack.AddsQuantity(Counter, Of);
            pack = Clears switch { null => pack, "always" => pack.Clears(Counter.Due), _ => pack.Clears(Counter.Due, Clears, Yes) };
            pack = Lands ? pack.Lands(shipped) : pack;
            pack = UnlessHeld ? pack.UnlessHeld() : pack;
            pack = PlacesHolds ? pack.PlacesNamedHolds() : pack;
            pack = ReleasesHolds ? pack.ReleasesNamedHolds() : pack;
            pack = Releases is null ? pack : ReleaseCondition is null ? pack.Releases(Releases) : pack.Releases(Releases, ReleaseCondition, Yes);
            pack = Opens ? pack.Contradicts(late, OpensWhen, Yes) : pack;
            pack = Revokes && Anchor ? pack.Revokes(packed) : pack;
            var edge = FurtherSource ? pack.From(open, shipped) : pack.From(open);
            edge = BranchStays ? edge.Stay(Branch, Yes) : edge.To(shipped, Branch, Yes);
            _ = ElseStays ? edge.Stay() : edge.To(shipped);
            _ = Rule switch { "late" => pack.From(other).Late(), "contradicts" => pack.From(other).Contradicts(late), _ => pack };
            m.Profile(Profile, [StartsPacked ? packed : open], Milestone ? [shipped] : [], ProfileHold ? [Hold] : null);
            if (StartsPacked)
            {
                m.Profile("REST", [open], []);
            }

            _ = Headline switch
            {
                "holds" => m.HeadlineFromHolds(),
                "cases" => m.HeadlineFromCases(),
                "named cases" => m.HeadlineFromCases(Case),
                "states" => m.HeadlineFromStates(packed),
                _ => m,
            };
            m.HeadlineFromFacet(goods);
            m.TimelineNode(Node, LocalText, NodeHasState ? [packed] : []);
            if (Supersedes)
            {
                m.Supersedes(Earlier);
            }
        });
    }
}
