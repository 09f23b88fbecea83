using OrderKit.Core;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace ControlTower.Pages;

/// <summary>The data of the list.</summary>
internal sealed record ListView(
    string Search, string Headline, string Open, IReadOnlyList<ListRow> Rows, IReadOnlyDictionary<string, long> Counts, int OpenCases,
    string? Next, OrderModel Model);

/// <summary>A row of the list.</summary>
internal sealed record ListRow(StoredOrder Order, IReadOnlyList<OrderReference> References, OrderModel? Model);
