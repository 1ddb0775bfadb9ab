using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Index;

/// <summary>Which of the two questions a number answers. They are never mixed: an answer to one is not comparable to an answer to the other.</summary>
public enum Question
{
    /// <summary>Condition now: evidence fades with its age, a verified cleaning sets aside what came before it.</summary>
    Now,

    /// <summary>Period index: the average over all the time between two moments, before and after cleanings.</summary>
    Period,
}

/// <summary>What is believed of one street that was seen enough: the input of every <see cref="IIndexMethod"/>.</summary>
public sealed class SegmentCondition
{
    private readonly double _dumpingIndex;

    internal SegmentCondition(
        Question question, SegmentId segment, double lengthMetres, CategoryCondition[] categories, bool illegalDumping, double dumpingIndex)
    {
        (Question, Segment, LengthMetres, Categories, IllegalDumping) = (question, segment, lengthMetres, categories, illegalDumping);
        _dumpingIndex = dumpingIndex;
    }

    /// <summary>Which question it answers.</summary>
    public Question Question { get; }

    /// <summary>The street.</summary>
    public SegmentId Segment { get; }

    /// <summary>Its length.</summary>
    public double LengthMetres { get; }

    /// <summary>Every category of the city.</summary>
    public IReadOnlyList<CategoryCondition> Categories { get; }

    /// <summary>Whether a dumping that a person has confirmed lies there: now, or at the end of the period.</summary>
    public bool IllegalDumping { get; }

    /// <summary>The category called <paramref name="name"/>; null when the city has none.</summary>
    public CategoryCondition? Find(string name)
    {
        foreach (var category in Categories)
        {
            if (category.Name == name)
            {
                return category;
            }
        }

        return null;
    }

    /// <summary>The worst category's index with its interval, as the map reckons it.</summary>
    internal OverallPosterior Worst() => new([.. Categories.Select(category => category.Posterior)], IllegalDumping ? _dumpingIndex : 0);

    /// <summary>The worst category's index without its interval, which costs most.</summary>
    internal double WorstIndex() => Math.Max(Categories.Max(category => category.Posterior.Index), IllegalDumping ? _dumpingIndex : 0);

    /// <summary>Probability that no category is worse than an index from 0 to 5.</summary>
    internal double ProbabilityNoWorseThan(double index) => IllegalDumping && index < _dumpingIndex
        ? 0
        : Categories.Aggregate(1.0, (product, category) => product * category.Posterior.Below(index));
}
