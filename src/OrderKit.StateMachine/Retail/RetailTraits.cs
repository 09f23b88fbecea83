namespace OrderKit.StateMachine;

/// <summary>What code asks states of <see cref="OrderModels.Retail"/> for.</summary>
public static class RetailTraits
{
    /// <summary>Money may still come in.</summary>
    public static Trait Payable { get; } = new("payable");

    /// <summary>As far as money goes, the goods may leave.</summary>
    public static Trait Cleared { get; } = new("cleared");

    /// <summary>Money may go back.</summary>
    public static Trait Refundable { get; } = new("refundable");

    /// <summary>A part may be fulfilled before all is paid.</summary>
    public static Trait StageAllowed { get; } = new("stage-allowed");

    /// <summary>An authorised amount may be captured.</summary>
    public static Trait Capturable { get; } = new("capturable");

    /// <summary>A cancel takes effect at once.</summary>
    public static Trait Cancellable { get; } = new("cancellable");

    /// <summary>Lines and address may still change.</summary>
    public static Trait Editable { get; } = new("editable");

    /// <summary>The warehouse or the carrier may still be asked to stop it.</summary>
    public static Trait Interceptable { get; } = new("interceptable");

    /// <summary>The goods are on their way or have arrived.</summary>
    public static Trait HandedOver { get; } = new("handed-over");

    /// <summary>The buyer may ask for service after the sale.</summary>
    public static Trait AfterSaleOpen { get; } = new("after-sale-open");
}
