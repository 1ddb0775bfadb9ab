using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Index;

/// <summary>The finds and answers of a pile queue as they were at one moment.</summary>
internal readonly record struct PileState(NamedFind[] Finds, PileQueue.Answer[] Answers)
{
    public void Save(StateWriter state)
    {
        state.Number(Finds.Length);
        foreach (var find in Finds)
        {
            state.Text(find.Id);
            state.Text(find.Truck.Value);
            find.Find.Save(state);
        }

        state.Number(Answers.Length);
        foreach (var answer in Answers)
        {
            state.Number(answer.AtMs);
            state.Text(answer.FactId);
            state.Text(answer.Id);
            state.Flag(answer.Confirmed);
            state.Number((long)answer.Side);
        }
    }

    public static PileState Load(ref StateReader state)
    {
        var finds = new NamedFind[state.Count()];
        for (var i = 0; i < finds.Length; i++)
        {
            finds[i] = new NamedFind(state.RequiredText(), SavedTruck.Load(ref state), PileFind.Load(ref state));
        }

        var answers = new PileQueue.Answer[state.Count()];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = new PileQueue.Answer(state.Number(), state.RequiredText(), state.RequiredText(), state.Flag(), state.Choice<Side>());
        }

        return new PileState(finds, answers);
    }
}
