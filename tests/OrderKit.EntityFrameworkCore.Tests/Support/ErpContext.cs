using Microsoft.EntityFrameworkCore;

namespace OrderKit.EntityFrameworkCore.Tests;

/// <summary>The tables of a host beside OrderKit's.</summary>
public sealed class ErpContext(DbContextOptions<ErpContext> options) : DbContext(options)
{
    public DbSet<ErpOrder> Orders => Set<ErpOrder>();

    public DbSet<Payment> Payments => Set<Payment>();
}

public sealed class ErpOrder
{
    public required string Id { get; init; }

    public required string Status { get; set; }

    public decimal Total { get; init; }
}

/// <summary>A payment; nothing but the code keeps the same one from being written twice.</summary>
public sealed class Payment
{
    public int Id { get; init; }

    public required string OrderId { get; init; }

    public decimal Amount { get; init; }
}
