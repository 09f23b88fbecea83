namespace OrderKit.Core.Storage;

/// <summary>Puts something before a port of the chosen store, wherever <see cref="StoreChoice.PortOf"/> hands it out, whichever store was chosen and when.</summary>
/// <typeparam name="TPort">The port.</typeparam>
public interface IStorePortDecorator<TPort>
    where TPort : class
{
    /// <summary>The port with something before it, or the port itself.</summary>
    TPort Decorate(TPort port);
}
