namespace OrderKit.Specs;

/// <summary>A store under test whose units of work can stand on the host's own transaction.</summary>
public interface IHostTransactions
{
    /// <summary>Begins a transaction the way that a host does, without OrderKit.</summary>
    Task<IHostTransaction> BeginHostTransactionAsync();
}
