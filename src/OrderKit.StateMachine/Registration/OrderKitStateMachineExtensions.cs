using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrderKit.Core;
using OrderKit.Core.Storage;
using OrderKit.StateMachine;
using OrderKit.StateMachine.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the order lifecycle engine.</summary>
public static class OrderKitStateMachineExtensions
{
    /// <summary>Adds the order lifecycle, its deadlines and its sealed journal. Calling it again only changes the options.</summary>
    public static OrderKitBuilder AddStateMachine(this OrderKitBuilder builder, Action<OrderLifecycleOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => options.Validate(faults))
            .RequireStorePort<IOrderStore>()
            .RequireStorePort<IOrderQueryStore>();
        builder.Services.TryAddSingleton(static provider =>
        {
            var models = provider.GetRequiredService<IOptions<OrderLifecycleOptions>>().Value.Models;
            return new OrderModelRegistry(models.Count > 0 ? models : [OrderModels.Retail]);
        });
        builder.Services.TryAddSingleton<OrderLifecycle>();
        builder.Services.TryAddSingleton<OrderQueries>();
        return builder.AddDeadlines().AddJournalSealing();
    }

    /// <summary>Changes the options of the deadlines, which <see cref="AddStateMachine"/> adds.</summary>
    public static OrderKitBuilder AddDeadlines(this OrderKitBuilder builder, Action<DeadlineOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => options.Validate(faults))
            .RequireStorePort<IDeadlineStore>()
            .UseScopedService<IDeadlineProbe>()
            .AddBackgroundLoop<DeadlineRunner, DeadlineOptions>("deadlines", static (runner, token) => runner.RunDueAsync(token))
            .TryAddSingleton<DeadlineRunner>();
        return builder;
    }

    /// <summary>Adds a probe that is asked before deadlines act. Each question resolves it in a scope of its own.</summary>
    public static OrderKitBuilder AddDeadlineProbe<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProbe>(
        this OrderKitBuilder builder)
        where TProbe : class, IDeadlineProbe
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddScopedServices<IDeadlineProbe, TProbe>();
        return builder;
    }

    /// <summary>Changes the options of sealing the journal, which <see cref="AddStateMachine"/> adds.</summary>
    public static OrderKitBuilder AddJournalSealing(this OrderKitBuilder builder, Action<JournalSealingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services
            .AddValidatedOptions(configure, static (options, faults) => options.Validate(faults))
            .RequireStorePort<IJournalStore>()
            .AddBackgroundLoop<JournalSealer, JournalSealingOptions>(
                "journal sealing", static (sealer, token) => sealer.SealAllAsync(token));
        builder.Services.TryAddSingleton<JournalSealer>();
        builder.Services.TryAddSingleton<JournalVerifier>();
        return builder;
    }
}
