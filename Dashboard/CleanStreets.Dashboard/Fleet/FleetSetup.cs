namespace CleanStreets.Dashboard.Fleet;

/// <summary>Registers the registry. It is opened when somebody first asks for it; with a door, at the start.</summary>
internal static class FleetSetup
{
    public static void AddFleet(this IServiceCollection services, DashboardOptions options, FleetDatabase? opened, TimeProvider time)
    {
        services.AddSingleton(_ => opened ?? FleetDatabase.Open(options.DataFolder));
        services.AddSingleton(provider => CityAuthority.Open(provider.GetRequiredService<FleetDatabase>(), time));
        services.AddSingleton<FleetFiles>();
        services.AddSingleton(provider => new BoxRegistry(
            provider.GetRequiredService<FleetDatabase>(), provider.GetRequiredService<CityAuthority>(), provider.GetRequiredService<FleetFiles>(), time)
        {
            BoxValidity = options.Fleet?.BoxValidity ?? CityAuthority.BoxValidity,
        });
        services.AddSingleton<CodeThrottle>();
        services.AddSingleton(options.Fleet ?? new FleetOptions { Door = new HostPort("localhost", 0), Names = ["localhost"] });
        if (options.Fleet is not null)
        {
            services.AddSingleton<FleetLink>();
            services.AddHostedService(provider => provider.GetRequiredService<FleetLink>());
        }
    }
}
