using CleanStreets.Testing;

namespace CleanStreets.Dashboard.Tests.Support;

/// <summary>A test with a city and a running dashboard of its own.</summary>
public abstract class DashboardTest : IAsyncLifetime
{
    internal TemporaryFolder Folder { get; } = new();

    internal CityStandIn City { get; private set; } = null!;

    internal RunningDashboard Dashboard { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        City = await CityStandIn.StartAsync();
        Dashboard = await RunningDashboard.StartAsync(City, Folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await Dashboard.DisposeAsync();
        await City.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
