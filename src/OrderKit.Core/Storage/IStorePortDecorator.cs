namespace OrderKit.Core.Storage;

/// <summary>Puts something before a port of the chosen store.</summary>
/// <typeparam name="TPort">The port.</typeparam>
public interface IStorePortDecorator<TPort>
    where TPort : class
{
    /// <summary>The port with something before it, or the port itself.</summary>
    TPort Decorate(TPort port);
}
