using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Streets;

/// <summary>Reads the turn restrictions of a block.</summary>
/// <remarks>
/// PrimitiveGroup: 4 relations. Relation: 1 id, 2 keys, 3 values, 8 roles, 9 members as differences, 10 their kinds.
/// </remarks>
internal sealed class PbfRelations(PbfStrings strings)
{
    private readonly OsmRelation _relation = new();

    private ref struct Lists
    {
        public ReadOnlySpan<byte> Keys;
        public ReadOnlySpan<byte> Values;
        public ReadOnlySpan<byte> Roles;
        public ReadOnlySpan<byte> Members;
        public ReadOnlySpan<byte> Kinds;
    }

    /// <summary>Gives every turn restriction of the block whose texts have been read.</summary>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public void Read(ReadOnlySpan<byte> block, Action<OsmRelation> take)
    {
        if (strings.Restriction < 0)
        {
            return;
        }

        foreach (var group in new PbfFields(block, 2))
        {
            foreach (var relation in new PbfFields(group, 4))
            {
                if (TryRead(relation))
                {
                    take(_relation);
                }
            }
        }
    }

    private bool TryRead(ReadOnlySpan<byte> relation)
    {
        var fields = new ProtobufReader(relation);
        var lists = default(Lists);
        var id = 0L;
        while (!fields.AtEnd)
        {
            var field = Pbf.Tag(ref fields, out var type);
            switch (field, type)
            {
                case (1, WireType.Varint):
                    id = (long)Pbf.Varint(ref fields);
                    break;
                case (2, WireType.Bytes):
                    lists.Keys = Pbf.Bytes(ref fields);
                    break;
                case (3, WireType.Bytes):
                    lists.Values = Pbf.Bytes(ref fields);
                    break;
                case (8, WireType.Bytes):
                    lists.Roles = Pbf.Bytes(ref fields);
                    break;
                case (9, WireType.Bytes):
                    lists.Members = Pbf.Bytes(ref fields);
                    break;
                case (10, WireType.Bytes):
                    lists.Kinds = Pbf.Bytes(ref fields);
                    break;
                default:
                    Pbf.Skip(ref fields, field, type);
                    break;
            }
        }

        if (!Pbf.Holds(lists.Values, (ulong)strings.Restriction))
        {
            return false; // Most relations are routes and boundaries: their texts are never made.
        }

        _relation.Begin(id);
        ReadTags(new ProtobufReader(lists.Keys), new ProtobufReader(lists.Values));
        if (!_relation.IsRestriction)
        {
            return false;
        }

        ReadMembers(new ProtobufReader(lists.Roles), new ProtobufReader(lists.Members), new ProtobufReader(lists.Kinds));
        return true;
    }

    private void ReadTags(ProtobufReader keys, ProtobufReader values)
    {
        while (!keys.AtEnd)
        {
            _relation.Tags[strings[Pbf.Varint(ref keys)]] = strings[Pbf.Varint(ref values)];
            Demand(_relation.Tags.Count);
        }
    }

    private void ReadMembers(ProtobufReader roles, ProtobufReader members, ProtobufReader kinds)
    {
        var member = 0L;
        while (!members.AtEnd)
        {
            member += Pbf.Signed(ref members);
            var kind = (OsmMemberKind)Math.Min(Pbf.Varint(ref kinds), (ulong)OsmMemberKind.Other);
            _relation.Members.Add(new OsmMember(kind, member, strings[Pbf.Varint(ref roles)]));
            Demand(_relation.Members.Count);
        }
    }

    private void Demand(int parts)
    {
        if (parts > OsmWay.MostParts)
        {
            throw new InvalidDataException($"relation {_relation.Id} has more than {OsmWay.MostParts} members or tags");
        }
    }
}
