namespace OrderKit.StateMachine;

/// <summary>The models that come with OrderKit.</summary>
public static class OrderModels
{
    /// <summary>The retail model of whole orders: facets pay and goods, the holds, and the profiles PARCEL, COD and PRESALE.</summary>
    public static OrderModel Retail { get; } = OrderModel.Define("retail", 1, RetailModel.Describe);
}
