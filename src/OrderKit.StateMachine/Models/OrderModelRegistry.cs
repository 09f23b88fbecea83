using System.Collections.Frozen;

namespace OrderKit.StateMachine;

/// <summary>The models that stand side by side in a host.</summary>
/// <remarks>Immutable and safe for any number of threads.</remarks>
public sealed class OrderModelRegistry
{
    private readonly OrderModel[] _models;
    private readonly ModelFingerprint[] _fingerprints;
    private readonly FrozenDictionary<string, (string Model, OrderModel.TriggerKey Key)> _keys;

    /// <summary>Makes the registry of some models.</summary>
    /// <param name="models">The models; among those of one name, the last is the one for new orders. The first name is the host's
    /// default.</param>
    /// <exception cref="ArgumentException">There are none, or one of them twice.</exception>
    public OrderModelRegistry(IEnumerable<OrderModel> models)
    {
        _models = [.. models ?? throw new ArgumentNullException(nameof(models))];
        if (_models.Length == 0)
        {
            throw new ArgumentException("No order model is registered. Add one, such as OrderModels.Retail.", nameof(models));
        }

        _fingerprints = [.. _models.Select(m => m.Fingerprint)];
        var twice = _models.GroupBy(m => m.Fingerprint).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException(
                $"The model '{twice.First().Name}' ({twice.Key}) is registered twice. Register it once.", nameof(models));
        }

        // Which of them an order is decided under is known only after it was loaded; until then the strictest key counts.
        _keys = _models
            .SelectMany(m => m.Triggers.Where(t => t.Key is not null), (m, t) => (t.Name, Model: m.Name, Key: t.Key!))
            .GroupBy(t => t.Name, StringComparer.Ordinal)
            .ToFrozenDictionary(
                g => g.Key, g => g.OrderBy(t => t.Key.Number is not null).Select(t => (t.Model, t.Key)).First(), StringComparer.Ordinal);
    }

    /// <summary>All models.</summary>
    public IReadOnlyList<OrderModel> Models => _models;

    /// <summary>The model of a fingerprint; <see langword="null"/> where this host does not know it.</summary>
    public OrderModel? Find(ModelFingerprint fingerprint)
    {
        var fingerprints = _fingerprints;
        for (var i = 0; i < fingerprints.Length; i++)
        {
            if (fingerprints[i] == fingerprint)
            {
                return _models[i];
            }
        }

        return null;
    }

    /// <summary>The model under which orders are created.</summary>
    /// <param name="name">The name; the default where it is missing.</param>
    public OrderModel? ForNewOrders(string? name)
    {
        name ??= _models[0].Name;
        return Array.FindLast(_models, m => m.Name == name);
    }

    /// <summary>What a fact of a trigger must bring in every model that keys it, and the name of one that asks for it.</summary>
    internal bool TryGetKey(string trigger, out (string Model, OrderModel.TriggerKey Key) demand) => _keys.TryGetValue(trigger, out demand);
}
