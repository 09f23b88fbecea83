namespace OrderKit.Core;

/// <summary>Opens units of work on the chosen store.</summary>
public interface IUnitOfWorkFactory
{
    /// <summary>Begins a unit of work. The caller commits and disposes it.</summary>
    /// <exception cref="InvalidOperationException">An ambient <c>TransactionScope</c> is open: enlist its transaction instead.</exception>
    ValueTask<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default);
}
