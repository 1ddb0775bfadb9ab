using CleanStreets.Contracts;

namespace CleanStreets.Ingest.Admit;

/// <summary>Ids of what is forgotten, in eight bytes each.</summary>
/// <remarks>FNV-1a: string.GetHashCode differs from process to process, and admission must not.</remarks>
internal static class IdHash
{
    private const ulong Basis = 14695981039346656037UL;

    public static ulong Of(SessionId session) => Add(Basis, session.Value);

    public static ulong Of(TruckId truck, SessionId session) => Add(Add(Add(Basis, truck.Value), "/"), session.Value);

    private static ulong Add(ulong hash, string text)
    {
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash;
    }
}
