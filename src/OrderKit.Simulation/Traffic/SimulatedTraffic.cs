namespace OrderKit.Simulation;

/// <summary>Deliveries of buyers and payment providers, one after the other. The host's answers decide what comes next.</summary>
/// <remarks>
/// <para>
/// The traffic has a clock of its own, <see cref="Now"/>, which stands at the delivery that was given last. An answer counts if it is given
/// before the clock has moved on by more than its sender waits; one that is never given is like that of a host that crashed.
/// A buyer reads the status: 2xx is an order taken, 4xx one refused, anything else is tried again. A provider reads what it published.
/// </para>
/// <para>The same seed, settings and answers give the same deliveries on every machine. For one thread at a time.</para>
/// </remarks>
public sealed class SimulatedTraffic
{
    private const int CancellationTries = 4;

    private static readonly TimeSpan BuyerWaits = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CancelsAgainAfter = TimeSpan.FromSeconds(8);

    private readonly SimulatedRetailWorld _world;
    private readonly PriorityQueue<Func<SimulatedDelivery?>, (DateTimeOffset At, long Order)> _due = new();
    private readonly Dictionary<long, (TimeSpan Within, Action<SimulatedAnswer> Hear)> _open = [];
    private readonly Dictionary<string, SimulatedCheckout> _checkouts = new(StringComparer.Ordinal);
    private readonly List<TradeTruth> _trades = [];
    private readonly List<Purchase> _purchases = [];
    private long _steps;
    private long _deliveries;

    internal SimulatedTraffic(SimulatedRetailWorld world, IEnumerable<SimulatedSale> sales)
    {
        _world = world;
        Now = world.Options.Start;
        foreach (var sale in sales)
        {
            var story = new BuyerStory(sale, world, world.RandomFor($"buyer:{sale.Order}"));
            foreach (var (purchase, at) in story.Tell())
            {
                Plan(at, () => Submit(story, purchase, 0));
            }
        }
    }

    /// <summary>The instant of the delivery that was given last.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>The trades that came about until now, with what will happen to them.</summary>
    public IReadOnlyList<TradeTruth> Trades => _trades;

    /// <summary>The orders that buyers placed until now.</summary>
    public IReadOnlyList<PurchaseTruth> Purchases => [.. _purchases.Select(static purchase => purchase.Truth)];

    /// <summary>What the host asked a provider for; <see langword="null"/> where there is nothing of the kind.</summary>
    public SimulatedCheckout? FindCheckout(string merchantTradeNumber) => _checkouts.GetValueOrDefault(merchantTradeNumber);

    /// <summary>Moves the clock to the next delivery; <see langword="null"/> if nothing follows before a further answer.</summary>
    public SimulatedDelivery? Next()
    {
        while (_due.TryDequeue(out var happen, out var due))
        {
            Now = due.At;
            if (happen() is { } delivery)
            {
                return delivery;
            }
        }

        return null;
    }

    /// <summary>Moves the clock to the next delivery and returns all that arrive with it, for example at two nodes.</summary>
    /// <param name="within">How long after the first they arrive at most; shorter than a sender waits for its answer.</param>
    /// <returns>Empty where nothing follows. <see cref="Now"/> is the instant of the last one.</returns>
    public IReadOnlyList<SimulatedDelivery> NextTogether(TimeSpan within)
    {
        var together = new List<SimulatedDelivery>();
        if (Next() is { } first)
        {
            together.Add(first);
            while (_due.TryPeek(out _, out var due) && due.At - first.ArrivesAt <= within)
            {
                var happen = _due.Dequeue();
                Now = due.At;
                if (happen() is { } delivery)
                {
                    together.Add(delivery);
                }
            }
        }

        return together;
    }

    /// <summary>Answers a delivery. Whether its sender hears it is not told.</summary>
    /// <exception cref="InvalidOperationException">It is not one of this traffic, or it was answered before.</exception>
    public void Answer(SimulatedDelivery delivery, SimulatedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(answer);
        if (!_open.Remove(delivery.Number, out var waiting))
        {
            throw new InvalidOperationException(
                $"Delivery {delivery.Number} waits for no answer: it was answered before, or it is of another traffic.");
        }

        if (Now - delivery.ArrivesAt <= waiting.Within)
        {
            waiting.Hear(answer);
        }
    }

    /// <summary>Plays all deliveries one after the other.</summary>
    /// <param name="host">Takes a delivery and answers it; <see langword="null"/> is no answer, as from a host that crashed.</param>
    /// <param name="cancellationToken">Stops between two deliveries.</param>
    public async Task RunAsync(Func<SimulatedDelivery, Task<SimulatedAnswer?>> host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        while (Next() is { } delivery)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await host(delivery).ConfigureAwait(false) is { } answer)
            {
                Answer(delivery, answer);
            }
        }
    }

    /// <summary>Returns what the providers answer to a query now, one for each event of the trade; empty for an unknown trade.</summary>
    public IReadOnlyList<SimulatedNotification> Ask(string merchantTradeNumber)
    {
        var answers = new List<SimulatedNotification>();
        foreach (var trade in _trades)
        {
            if (trade.Checkout.MerchantTradeNumber != merchantTradeNumber)
            {
                continue;
            }

            if (trade.PaidAt is { } paidAt && paidAt <= Now)
            {
                answers.Add(Say(trade, TradeNews.Paid, trade.RawStatusAt(Now), paidAt) with { Amount = trade.Moved });
            }

            foreach (var refund in trade.Refunds)
            {
                if (refund.PaidAt <= Now)
                {
                    var told = Say(trade, TradeNews.Refunded, trade.RawStatusOf(refund), refund.PaidAt);
                    answers.Add(told with { Amount = refund.Amount, RefundNumber = refund.Number });
                }
            }

            if (trade.ClosedAt is { } closedAt && closedAt <= Now)
            {
                answers.Add(Say(trade, TradeNews.Closed, trade.Provider.Closed, closedAt));
            }

            if (trade.FinishedAt is { } finishedAt && finishedAt <= Now)
            {
                answers.Add(Say(trade, TradeNews.Finished, trade.Provider.Finished!, finishedAt));
            }
        }

        return answers;

        static SimulatedNotification Say(TradeTruth trade, TradeNews news, string rawStatus, DateTimeOffset at) =>
            TradeStory.Say(trade, NotificationPath.Query, news, rawStatus, at, null);
    }

    private void Plan(DateTimeOffset at, Func<SimulatedDelivery?> happen) => _due.Enqueue(happen, (at, _steps++));

    private SimulatedDelivery Deliver(Func<long, SimulatedDelivery> make, TimeSpan within, Action<SimulatedAnswer> hear)
    {
        var delivery = make(_deliveries++);
        _open.Add(delivery.Number, (within, hear));
        return delivery;
    }

    private SimulatedDelivery? Submit(BuyerStory story, Purchase purchase, int attempt)
    {
        if (purchase.IsAnswered)
        {
            return null;
        }

        var at = Now;
        if (attempt == 0)
        {
            _purchases.Add(purchase);
            if (purchase.ToldAgainAfter is { } after)
            {
                Plan(
                    at + after,
                    () => Deliver(n => new SimulatedDelivery.Order(n, at + after, purchase.Order), BuyerWaits, static _ => { }));
            }
        }

        if (attempt < purchase.Patience.Count)
        {
            Plan(at + purchase.Patience[attempt], () => Submit(story, purchase, attempt + 1));
        }

        return Deliver(n => new SimulatedDelivery.Order(n, at, purchase.Order), BuyerWaits, answer =>
        {
            if (attempt >= purchase.LostAnswers && answer.Status is (>= 200 and < 300) or (>= 400 and < 500) && !purchase.IsAnswered)
            {
                purchase.IsAnswered = true;
                purchase.IsTaken = answer.Status < 300;
                GoOn(story, purchase);
            }
        });
    }

    private void GoOn(BuyerStory story, Purchase purchase)
    {
        if (!purchase.IsTaken)
        {
            return;
        }

        if (purchase.Cancellation is { } cancellation)
        {
            Plan(Now + cancellation.After, () => Cancel(story, purchase, 0));
            return;
        }

        Begin(TradesOf(purchase).Tell(Now, purchase.IsPaid));
    }

    private SimulatedDelivery? Cancel(BuyerStory story, Purchase purchase, int attempt)
    {
        if (purchase.IsCancelled)
        {
            return null;
        }

        var at = Now;
        if (attempt + 1 < CancellationTries)
        {
            Plan(at + CancelsAgainAfter, () => Cancel(story, purchase, attempt + 1));
        }

        var order = purchase.Order;
        var cancellation = new SimulatedCancellation(order.Source, order.Order, order.Number, at);
        return Deliver(n => new SimulatedDelivery.Cancellation(n, at, cancellation), BuyerWaits, answer =>
        {
            if (answer.Status is < 200 or >= 300 || purchase.IsCancelled)
            {
                return;
            }

            purchase.IsCancelled = true;
            Begin(TradesOf(purchase).TellClosed(Now));
            var again = story.TellAgain(purchase, Now + purchase.Cancellation!.Value.PlacedAgainAfter);
            Plan(again.Order.PlacedAt, () => Submit(story, again, 0));
        });
    }

    private TradeStory TradesOf(Purchase purchase) =>
        new(purchase.Sale, purchase.Provider, _world.Options, _world.RandomFor($"trade:{purchase.Order.Order}"));

    private void Begin(IReadOnlyList<TradePlan> trades)
    {
        foreach (var trade in trades)
        {
            _trades.Add(trade.Truth);
            _checkouts[trade.Truth.Checkout.MerchantTradeNumber] = trade.Truth.Checkout;
            foreach (var callback in trade.Callbacks)
            {
                Plan(callback.FirstAt, () => Send(callback, 0));
            }

            foreach (var (at, message) in trade.Asides)
            {
                Plan(at, () => Tell(message, static _ => { }));
            }
        }
    }

    private SimulatedDelivery? Send(NotificationPlan callback, int send)
    {
        if (callback.IsAcknowledged)
        {
            return null;
        }

        if (send < callback.Provider.Pauses.Count)
        {
            Plan(Now + callback.Provider.Pauses[send], () => Send(callback, send + 1));
        }

        if (send == 0)
        {
            // Both are on their way before either is answered, and what something on the way repeats has no schedule.
            if (callback.TwinAfter is { } twin)
            {
                Plan(Now + twin, () => Transmit(callback, 0));
            }

            foreach (var after in callback.RepeatedAfter)
            {
                Plan(Now + after, () => Tell(callback.MessageOf(0), static _ => { }));
            }
        }

        return Transmit(callback, send);
    }

    private SimulatedDelivery Transmit(NotificationPlan callback, int send) => Tell(callback.MessageOf(send), answer =>
    {
        if (send >= callback.LostAnswers && callback.Provider.IsAcknowledged(answer))
        {
            callback.IsAcknowledged = true;
        }
    });

    private SimulatedDelivery Tell(SimulatedNotification message, Action<SimulatedAnswer> hear)
    {
        var at = Now;
        return Deliver(n => new SimulatedDelivery.Notification(n, at, message), message.Provider.AnswerWithin, hear);
    }
}
