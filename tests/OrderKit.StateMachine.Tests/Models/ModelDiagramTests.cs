namespace OrderKit.StateMachine.Tests;

public sealed class ModelDiagramTests
{
    private static readonly OrderModel Small = OrderModel.Define("small", 2, m =>
    {
        var pay = m.Facet("pay");
        var goods = m.Facet("goods");
        var unpaid = pay.State(100, "Unpaid", "待付款", 0).Resting();
        var paid = pay.State(101, "Paid", "已付款", 10).Anchor().Resting();
        var closed = pay.Aside(140, "Closed", "已关闭").End();
        var review = goods.State(200, "Review", "", 0).Resting();
        var intercepting = goods.Aside(306, "Intercepting", "拦截中").Resting();
        m.Creation("placed");
        m.Fact("captured", pay).From(unpaid).To(paid, "in full", static (in DecisionContext c) => c.Counter(Counter.Captured) >= c.Counter(Counter.Due)).Stay()
            .From(paid, closed).Stay();
        m.Command("close", pay).From(unpaid).To(closed);
        m.Command("expire", pay).From(unpaid).To(closed);
        m.Command("intercept", goods).From(review).To(intercepting);
        m.Profile("P", [unpaid, review], [paid]);
        m.HeadlineFromFacet(pay);
    });

    [Fact]
    public void A_small_model_as_Mermaid() => Assert.Equal(
        """
        ---
        title: "small 2"
        ---
        stateDiagram-v2
            state "pay" as facet0 {
                state "100 Unpaid 待付款" as s100
                state "101 Paid 已付款" as s101
                state "140 Closed 已关闭" as s140
                [*] --> s100
                s100 --> s101 : captured [in full]
                s100 --> s140 : close<br/>expire
                s140 --> [*]
            }
            state "goods" as facet1 {
                state "200 Review" as s200
                state "306 Intercepting 拦截中" as s306
                [*] --> s200
                s200 --> s306 : intercept
            }
            classDef anchor fill:#d9efe6,stroke:#12805c,stroke-width:2px,color:#0b5c41
            classDef ending fill:#eaecf0,stroke:#98a2b3,color:#344054
            classDef aside fill:#fffaeb,stroke:#dc8a06,color:#7a2e0e
            class s101 anchor
            class s306 aside
            class s140 ending

        """.ReplaceLineEndings("\n"),
        Small.ToMermaid());

    [Fact]
    public void A_small_model_as_a_graph() => Assert.Equal(
        """
        digraph "small 2" {
          rankdir=LR;
          node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#667085", fontname="sans-serif"];
          edge [color="#667085", fontname="sans-serif", fontsize=10];
          subgraph cluster_0 {
            label="pay";
            s100 [label="100 Unpaid\n待付款"];
            s101 [label="101 Paid\n已付款", fillcolor="#d9efe6", color="#12805c", penwidth=2];
            s140 [label="140 Closed\n已关闭", fillcolor="#eaecf0", color="#98a2b3", peripheries=2];
            begin100 [shape=point, width=0.14, fillcolor="#667085"];
            begin100 -> s100;
            s100 -> s101 [label="captured [in full]"];
            s100 -> s140 [label="close\nexpire"];
          }
          subgraph cluster_1 {
            label="goods";
            s200 [label="200 Review"];
            s306 [label="306 Intercepting\n拦截中", fillcolor="#fffaeb", color="#dc8a06"];
            begin200 [shape=point, width=0.14, fillcolor="#667085"];
            begin200 -> s200;
            s200 -> s306 [label="intercept"];
          }
        }

        """.ReplaceLineEndings("\n"),
        Small.ToDot());

    [Fact]
    public void Names_with_quotes_colons_and_brackets_do_not_end_a_label()
    {
        var model = Tiny.With((m, tiny) => m.Command("go: \"now\"; <b>\\", tiny.Goods).From(tiny.Open).To(tiny.Goods.State(2, "A\"B:C", "", 1).Resting()));

        Assert.Contains("""s1 --> s2 : go#58; #34;now#34;#59; #60;b#62;#92;""", model.ToMermaid(), StringComparison.Ordinal);
        Assert.Contains("""state "2 A#34;B#58;C" as s2""", model.ToMermaid(), StringComparison.Ordinal);
        Assert.Contains("""s1 -> s2 [label="go: \"now\"; <b>\\"];""", model.ToDot(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_facet_can_be_drawn_alone()
    {
        var goods = Small.ToMermaid("goods");

        Assert.DoesNotContain("s100", goods, StringComparison.Ordinal);
        Assert.Contains("s200 --> s306 : intercept", goods, StringComparison.Ordinal);
        Assert.Contains("It has pay, goods.", Assert.Throws<ArgumentException>(() => Small.ToDot("ticket")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_way_that_the_retail_model_names_is_drawn()
    {
        var text = OrderModels.Retail.ToMermaid();

        Assert.All(OrderModels.Retail.States, s => Assert.Contains($" as s{s.Code}\n", text, StringComparison.Ordinal));
        Assert.All(OrderModels.Retail.Edges, e => Assert.Contains($"s{e.From} --> s{e.To} : ", text, StringComparison.Ordinal));
    }
}
