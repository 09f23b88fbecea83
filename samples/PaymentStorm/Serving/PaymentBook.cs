using System.Data.Common;
using System.Globalization;
using System.Text;
using OrderKit.Core;
using OrderKit.Sql;

namespace PaymentStorm.Serving;

/// <summary>The payment documents of the shop: its own table, read in the transaction in which a callback takes effect.</summary>
internal sealed class PaymentBook : IPaymentDocuments
{
    private const string Table = """
        CREATE TABLE IF NOT EXISTS storm_payments (
            trade TEXT NOT NULL PRIMARY KEY,
            provider TEXT NOT NULL,
            number INTEGER NOT NULL,
            amount BIGINT NOT NULL)
        """;

    private const int RowsOfAStatement = 200;

    public async ValueTask<PaymentDocument?> FindAsync(
        UnitOfWork unitOfWork, TenantId tenant, string provider, string merchantTradeNumber, string? refundNumber,
        CancellationToken cancellationToken = default)
    {
        if (refundNumber is not null)
        {
            // This shop makes no refunds.
            return null;
        }

        await using var command = CommandIn(unitOfWork, "SELECT number, amount FROM storm_payments WHERE trade = @trade AND provider = "
            + "@provider");
        Bind(command, "trade", merchantTradeNumber);
        Bind(command, "provider", provider);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var amount = new Money(reader.GetInt64(1), Trade.Price.Currency);
        return new PaymentDocument(merchantTradeNumber, amount, [new PaymentShare(new Trade(reader.GetInt32(0)).Order, amount)], provider);
    }

    /// <summary>Creates the table if it is missing, and counts its rows.</summary>
    public static async Task<int> OpenAsync(UnitOfWork unitOfWork, CancellationToken cancellationToken)
    {
        await using (var command = CommandIn(unitOfWork, Table))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var count = CommandIn(unitOfWork, "SELECT COUNT(*) FROM storm_payments");
        return Convert.ToInt32(await count.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>Adds payment documents.</summary>
    public static async Task AddAsync(UnitOfWork unitOfWork, IEnumerable<Trade> trades, CancellationToken cancellationToken)
    {
        foreach (var rows in trades.Chunk(RowsOfAStatement))
        {
            var text = new StringBuilder("INSERT INTO storm_payments (trade, provider, number, amount) VALUES ");
            await using var command = CommandIn(unitOfWork, "");
            for (var i = 0; i < rows.Length; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}(@t{i}, @p{i}, @n{i}, @a{i})");
                Bind(command, $"t{i}", rows[i].MerchantNumber);
                Bind(command, $"p{i}", rows[i].Provider);
                Bind(command, $"n{i}", rows[i].Number);
                Bind(command, $"a{i}", Trade.Price.MinorUnits);
            }

            command.CommandText = text.ToString();
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static DbCommand CommandIn(UnitOfWork unitOfWork, string text)
    {
        var transaction = ((SqlUnitOfWork)unitOfWork).Transaction;
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        return command;
    }

    private static void Bind(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
