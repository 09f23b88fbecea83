using OrderKit.Core;
using OrderKit.StateMachine.Storage;

namespace OrderKit.Specs.Tests;

/// <summary>Broken writing sides of orders.</summary>
internal static class OrderFaults
{
    private const string Suite = nameof(OrderStoreSpec);

    public static IEnumerable<Fault> All =>
    [
        new("The expected version is ignored", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
        {
            var numbers = new List<long>();
            foreach (var change in changes)
            {
                var current = await CurrentAsync(inner, unit, change.Order.Key);
                numbers.AddRange(await inner.SaveAsync(unit, [change.On(current)]));
            }

            return numbers;
        },
            "Rows that do not follow the expected version are refused",
            "A change based on an old version writes nothing",
            "Of racing changes of one version one wins"),
        new("An order is created again over the one that exists", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, [.. changes.Select(change => change.ExpectedVersion == 0 ? change.On(CurrentAsync(inner, unit, change.Order.Key).Result) : change)]),
            "Creating an order that exists writes nothing",
            "Of racing creations of one order one wins"),
        new("A change creates the order that it does not find", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, [.. changes.Select(change => CurrentAsync(inner, unit, change.Order.Key).Result == 0 ? change.On(0) : change)]),
            "Changing an order that does not exist writes nothing"),
        new("A conflict still writes messages", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
        {
            var numbers = await inner.SaveAsync(unit, changes);
            store.Sound.OutboxWriter.Append(unit, [.. changes.Where((_, i) => numbers[i] == 0).SelectMany(change => change.Messages)]);
            return numbers;
        },
            "Changing an order that does not exist writes nothing",
            "A change based on an old version writes nothing"),
        new("A conflict still opens cases", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
        {
            var numbers = await inner.SaveAsync(unit, changes);
            store.Sound.CaseWriter.Apply(unit, [.. changes.Where((_, i) => numbers[i] == 0).SelectMany(change => change.Cases)]);
            return numbers;
        },
            "A change based on an old version writes nothing",
            "A change based on a version that does not exist yet writes nothing"),
        new("A conflict still links numbers", Suite, store => store.Orders.Save = (inner, unit, changes) =>
            AfterConflictsAsync(inner, unit, changes, lost => lost with { Details = [], Messages = [], Deadlines = [], Cases = [] }),
            "A change based on an old version writes nothing"),
        new("A conflict still arms deadlines", Suite, store => store.Orders.Save = (inner, unit, changes) =>
            AfterConflictsAsync(inner, unit, changes, lost => lost with { Details = [], Messages = [], Links = [], Cases = [] }),
            "A change based on an old version writes nothing"),
        new("A conflict still keeps details", Suite, store => store.Orders.Save = (inner, unit, changes) =>
            AfterConflictsAsync(inner, unit, changes, lost => lost with { Messages = [], Deadlines = [], Links = [], Cases = [] }),
            "A change based on an old version writes nothing"),
        new("A conflict is told as a success", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            (await inner.SaveAsync(unit, changes)).Each(number => Math.Max(number, 1)),
            "A fact is never written twice",
            "A change based on an old version writes nothing",
            "Racing writers lose nothing"),
        new("A conflict is an exception", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
        {
            var numbers = await inner.SaveAsync(unit, changes);
            return numbers.Contains(0) ? throw new InvalidOperationException("Conflict.") : numbers;
        },
            "A unit can be used after a conflict"),
        new("A conflict ends the call", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
        {
            var numbers = new long[changes.Count];
            for (var i = 0; i < changes.Count; i++)
            {
                numbers[i] = (await inner.SaveAsync(unit, [changes[i]]))[0];
                if (numbers[i] == 0)
                {
                    break;
                }
            }

            return numbers;
        },
            "Changes in one call are written independently"),
        new("A conflict spoils the unit", Suite, store =>
        {
            UnitOfWork? spoilt = null;
            store.Orders.Save = async (inner, unit, changes) =>
            {
                if (ReferenceEquals(spoilt, unit))
                {
                    throw new InvalidOperationException("The transaction is aborted.");
                }

                var numbers = await inner.SaveAsync(unit, changes);
                spoilt = numbers.Contains(0) ? unit : null;
                return numbers;
            };
        },
            "A unit can be used after a conflict"),
        new("Only the first of several changes is written", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            changes.Count == 0 ? [] : [.. await inner.SaveAsync(unit, [changes[0]]), .. changes.Skip(1).Select(_ => 1L)],
            "Every order has its own number"),
        new("A change gives the order another number", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            [.. (await inner.SaveAsync(unit, changes)).Select((number, i) => number == 0 ? 0 : number + changes[i].ExpectedVersion)],
            "A change replaces the order and keeps its number"),
        new("All orders have one number", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            (await inner.SaveAsync(unit, changes)).Each(number => number == 0 ? 0 : 1),
            "Every order has its own number"),
        new("A stored order does not know its number", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            (await inner.LoadAsync(unit, lookups)).Each(finding => finding with { Order = finding.Order is { } order ? order with { OrderNo = 0 } : null }),
            "A new order is found with everything that was saved"),
        new("A change does not replace the order", Suite, store =>
        {
            var first = new Dictionary<OrderKey, StoredOrder>();
            store.Orders.Load = async (inner, unit, lookups) => (await inner.LoadAsync(unit, lookups)).Each(finding =>
            {
                if (finding.Order is { } order)
                {
                    first.TryAdd(order.Key, order);
                    return finding with { Order = order with { Headline = first[order.Key].Headline } };
                }

                return finding;
            });
            store.Orders.Save = async (inner, unit, changes) =>
            {
                foreach (var change in changes)
                {
                    first.TryAdd(change.Order.Key, change.Order);
                }

                return await inner.SaveAsync(unit, changes);
            };
        },
            "A change replaces the order and keeps its number"),
        new("What is not there is found empty", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            [.. (await inner.LoadAsync(unit, lookups)).Select((finding, i) => finding.Order is null ? finding with { Order = Blank(lookups[i].Order) } : finding)],
            "An order that was never saved is not found"),
        new("Rows are taken with gaps", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, [.. changes.Where(change => change.Entries.Count > 0).Select(change => change.On(change.ExpectedVersion))]),
            "Rows that do not follow the expected version are refused"),
        new("A change keeps its last row only", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change.Entries.Count < 2 ? change : change with { Entries = [change.Entries[^1]] }).Each(change => change.On(change.ExpectedVersion))),
            "Each fact of a change has its own row"),
        new("Identities are not looked up", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            (await inner.LoadAsync(unit, lookups)).Each(finding => finding with { Earlier = null }),
            "An identity in another order is another fact"),
        new("An earlier fact is told without its figures", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            (await inner.LoadAsync(unit, lookups)).Each(finding => finding with { Earlier = finding.Earlier is { } earlier ? earlier with { Amount = null } : null }),
            "A fact is found by its source and identity"),
        new("Identities are compared without case", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            await inner.LoadAsync(unit, lookups.Each(lookup => lookup with { FactId = lookup.FactId == "ONE" ? "one" : lookup.FactId })),
            "A fact is found by its source and identity"),
        new("Identities are those of any source", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            await inner.LoadAsync(unit, lookups.Each(lookup => lookup.Revokes is null ? lookup with { Source = "shop" } : lookup)),
            "An identity of another source is another fact"),
        new("Identities are those of any order", Suite, store =>
        {
            var told = new Dictionary<string, EarlierFact>();
            store.Orders.Save = async (inner, unit, changes) =>
            {
                foreach (var entry in changes.SelectMany(change => change.Entries))
                {
                    told.TryAdd(entry.FactId, new EarlierFact(entry.Version, entry.Trigger, entry.Amount, entry.Quantity, entry.Currency));
                }

                return await inner.SaveAsync(unit, changes);
            };
            store.Orders.Load = async (inner, unit, lookups) =>
                [.. (await inner.LoadAsync(unit, lookups)).Select((finding, i) => finding with { Earlier = told.GetValueOrDefault(lookups[i].FactId) })];
        },
            "An identity in another order is another fact"),
        new("Only the last fifty rows are searched", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            (await inner.LoadAsync(unit, lookups)).Each(finding => finding.Earlier?.Version < finding.Order?.Snapshot.Version - 50 ? finding with { Earlier = null } : finding),
            "Facts are found in a long journal"),
        new("A fact is written twice", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change.Rows(entry => entry with { FactId = $"{entry.FactId}@{entry.Version}" }))),
            "Each fact of a change has its own row"),
        new("Any source may revoke", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            await inner.LoadAsync(unit, lookups.Each(lookup => lookup.Revokes is null ? lookup : lookup with { Source = "shop" })),
            "A revoked fact is known from its own source only"),
        new("Nothing can be revoked", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            (await inner.LoadAsync(unit, lookups)).Each(finding => finding with { RevokedIsKnown = false }),
            "A revoked fact is known from its own source only"),
        new("Everything can be revoked", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            [.. (await inner.LoadAsync(unit, lookups)).Select((finding, i) => finding with { RevokedIsKnown = lookups[i].Revokes is not null })],
            "An order that was never saved is not found"),
        new("Lookups are answered in the order of the orders", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            [.. (await inner.LoadAsync(unit, lookups)).OrderBy(finding => finding.Order?.OrderNo)],
            "Lookups are answered in their order, duplicates included"),
        new("Equal lookups are answered once", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            await inner.LoadAsync(unit, [.. lookups.Distinct()]),
            "Lookups are answered in their order, duplicates included"),
        new("An empty call is refused", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            changes.Count == 0 ? throw new ArgumentException("Nothing to save.", nameof(changes)) : await inner.SaveAsync(unit, changes),
            "Empty calls return nothing and do nothing"),
        new("A number is linked as often as it is told", Suite, store => store.Queries.ReferencesOf = async (inner, order) =>
            [.. (await inner.ReferencesOfAsync(order)).SelectMany(number => new[] { number, number })],
            "Of racing creations of one order one wins"),
        new("Quotes are doubled on the way in", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with
            {
                Links = change.Links.Each(number => new OrderReference(number.Tenant, number.Kind, number.Value.Replace("'", "''", StringComparison.Ordinal))),
            })),
            "Quotes and wildcards in texts have no special meaning"),
        new("The tenant is not part of an order's key", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            await inner.LoadAsync(unit, lookups.Each(lookup => lookup with { Order = new OrderKey(store.Tenant, lookup.Order.Order) })),
            "Tenants with the same order and number do not see each other"),
        new("The tenant is not part of a number", Suite, store => store.Orders.Resolve = async (inner, unit, numbers) =>
            await inner.ResolveAsync(unit, numbers.Each(number => new OrderReference(store.Tenant, number.Kind, number.Value))),
            "Tenants with the same order and number do not see each other"),
        new("Erasing erases the digests", Suite, store =>
        {
            var erased = new HashSet<OrderKey>();
            store.Orders.Erase = async (inner, unit, order) =>
            {
                erased.Add(order);
                return await inner.EraseDetailsAsync(unit, order);
            };
            store.Queries.ReadJournal = async (inner, order, after, max) =>
                (await inner.ReadJournalAsync(order, after, max)).Each(entry => erased.Contains(order) ? entry with { DetailDigest = null } : entry);
        },
            "Erasing personal data keeps the rows and their digests"),
        new("Erasing erases nothing", Suite, store => store.Orders.Erase = (_, _, _) => Task.FromResult(2),
            "Erasing can be rolled back"),
        new("Erasing cannot be undone", Suite, store =>
        {
            var erased = new HashSet<OrderKey>();
            store.Orders.Erase = (inner, unit, order) =>
            {
                erased.Add(order);
                return inner.EraseDetailsAsync(unit, order).AsTask();
            };
            store.Queries.ReadDetails = async (inner, order) => erased.Contains(order) ? [] : await inner.ReadDetailsAsync(order);
        },
            "Erasing can be rolled back"),
        new("A row loses its promised arrival", Suite, store => Rows(store, entry => entry with { DeliverBy = null }),
            "Instants are truncated to microseconds"),
        new("A row loses its second sum", Suite, store => Rows(store, entry => entry with { Second = CounterChange.None }),
            "Every field of an order and of its rows is read back"),
        new("A row's holds are signed", Suite, store => Rows(store, entry => entry with { Holds = entry.Holds & int.MaxValue }),
            "Every field of an order and of its rows is read back"),
        new("A row takes nothing for zero", Suite, store => Rows(store, entry => entry with { Amount = entry.Amount ?? 0 }),
            "A fact is found by its source and identity"),
        new("A row takes an empty text for nothing", Suite, store => Rows(store, entry => entry with { Evidence = string.IsNullOrEmpty(entry.Evidence) ? null : entry.Evidence }),
            "The largest and smallest values come back"),
        new("A row's text ends after 4,000 characters", Suite, store => Rows(store, entry => entry with { RawStatus = entry.RawStatus is { Length: > 4_000 } text ? text[..4_000] : entry.RawStatus }),
            "The largest and smallest values come back"),
        new("Figures are kept as floating-point numbers", Suite, store => Rows(store, entry => entry with { Quantity = entry.Quantity is { } quantity ? (long)Math.Min((double)quantity, long.MaxValue / 2) : null }),
            "The largest and smallest values come back"),
        new("An order loses the entries of its facets", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with { Order = change.Order with { Snapshot = change.Order.Snapshot with { Since = default } } })),
            "Every field of an order and of its rows is read back"),
        new("An order loses the digits of its currency", Suite, store => store.Orders.Save = async (inner, unit, changes) =>
            await inner.SaveAsync(unit, changes.Each(change => change with { Order = change.Order with { Currency = Currency.Custom(change.Order.Currency.Code, 2) } })),
            "Every field of an order and of its rows is read back"),
        new("Instants keep what is finer than a microsecond", Suite, store => store.Orders.Load = async (inner, unit, lookups) =>
            (await inner.LoadAsync(unit, lookups)).Each(finding => finding with { Order = finding.Order is { } order ? order with { PlacedAt = order.PlacedAt.AddTicks(9) } : null }),
            "A new order is found with everything that was saved"),
        new("Instants are cut towards 1970", Suite, store => Rows(store, entry => entry with { OccurredAt = entry.OccurredAt is { } at && at < DateTimeOffset.UnixEpoch && at.UtcTicks % 10 != 0 ? at.AddTicks(10) : entry.OccurredAt }),
            "Instants are truncated to microseconds"),
        new("What is stored is the caller's buffer", Suite, store =>
        {
            var details = new Dictionary<OrderKey, IReadOnlyList<JournalDetail>>();
            store.Orders.Save = async (inner, unit, changes) =>
            {
                foreach (var change in changes)
                {
                    details[change.Order.Key] = change.Details;
                }

                return await inner.SaveAsync(unit, changes);
            };
            store.Queries.ReadDetails = (_, order) => Task.FromResult(details[order]);
        },
            "Stored values do not change with the caller's buffers"),
    ];

    public static async Task<long> CurrentAsync(IOrderStore inner, UnitOfWork unit, OrderKey key) =>
        (await inner.LoadAsync(unit, [new OrderLookup(key, "", "", null)]))[0].Order?.Snapshot.Version ?? 0;

    private static void Rows(BrokenStore store, Func<JournalEntry, JournalEntry> rewrite) =>
        store.Orders.Save = async (inner, unit, changes) => await inner.SaveAsync(unit, changes.Each(change => change.Rows(rewrite)));

    private static StoredOrder Blank(OrderKey key) => new()
    {
        Key = key, Snapshot = default, Currency = default, Headline = "", PlacedAt = default, UpdatedAt = default,
    };

    /// <summary>Tells of conflicts, and writes a part of what conflicted anyway.</summary>
    private static async Task<IReadOnlyList<long>> AfterConflictsAsync(
        IOrderStore inner, UnitOfWork unit, IReadOnlyList<OrderChange> changes, Func<OrderChange, OrderChange> part)
    {
        var numbers = await inner.SaveAsync(unit, changes);
        for (var i = 0; i < numbers.Count; i++)
        {
            if (numbers[i] == 0 && await CurrentAsync(inner, unit, changes[i].Order.Key) is > 0 and var current)
            {
                await inner.SaveAsync(unit, [part(changes[i]).On(current)]);
            }
        }

        return numbers;
    }
}
