namespace OrderKit.Specs;

/// <summary>A store under test whose units of work can be enlisted in a host's transaction.</summary>
public interface IHostTransactions
{
    /// <summary>Begins a transaction as a host does, without OrderKit.</summary>
    Task<IHostTransaction> BeginHostTransactionAsync();
}
