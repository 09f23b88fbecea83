using Microsoft.EntityFrameworkCore;

namespace ErpIntegration.Model;

/// <summary>The tables of the ERP. OrderKit's own tables are in the same database.</summary>
public sealed class ErpContext(DbContextOptions<ErpContext> options) : DbContext(options)
{
    public DbSet<ErpOrder> Orders => Set<ErpOrder>();

    public DbSet<StockItem> Stock => Set<StockItem>();

    public DbSet<Receipt> Receipts => Set<Receipt>();

    public DbSet<PickTicket> PickTickets => Set<PickTicket>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<ErpOrder>(order =>
        {
            order.ToTable("orders");
            order.Property(o => o.Status).HasConversion<string>();
            order.OwnsMany(o => o.Lines, line =>
            {
                line.ToTable("order_lines").WithOwner().HasForeignKey("OrderId");
                line.HasKey("OrderId", nameof(OrderLine.Sku));
            });
        });
        modelBuilder.Entity<StockItem>().ToTable("stock").HasKey(item => item.Sku);
        modelBuilder.Entity<Receipt>().ToTable("receipts");
        modelBuilder.Entity<PickTicket>().ToTable("pick_tickets").HasKey(ticket => ticket.OrderId);
    }
}
