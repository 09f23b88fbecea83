using OrderKit.Core;
using OrderKit.Messaging;
using OrderKit.Sql;

namespace OrderKit.RabbitMq.Worker;

/// <summary>Notes each effect as a row, in the transaction in which the inbox marks the message as done.</summary>
internal sealed class EffectHandler : IInboxHandler
{
    public const string Name = "warehouse";

    public string Consumer => Name;

    public async Task HandleAsync(UnitOfWork unitOfWork, InboxDelivery delivery, CancellationToken cancellationToken)
    {
        var transaction = ((SqlUnitOfWork)unitOfWork).Transaction;
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO effects (lane, message_id) VALUES ($lane, $id)";
        Add("$lane", delivery.Message.Lane);
        Add("$id", delivery.Message.MessageId);
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add(string name, string value)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
    }
}
