using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Measure;

namespace CleanStreets.Ingest.ReadApi;

/// <summary>What numbers were made with.</summary>
internal static class MeasureApi
{
    public static void MapMeasure(this IEndpointRouteBuilder routes, MeasureDesk desk) => routes.MapGet(
        ReadApiPaths.Measure,
        async (CancellationToken cancellationToken) => Results.Json(await desk.HistoryAsync(cancellationToken), ContractJson.Default.MeasureHistory));
}
