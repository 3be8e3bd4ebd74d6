namespace Poa.Evaluation.Detection.Coco;

/// <summary>Walks two masks of one size together: stretches in which neither changes.</summary>
internal ref struct RunPairs(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
{
    private readonly ReadOnlySpan<int> first = first;
    private readonly ReadOnlySpan<int> second = second;
    private int firstRun;
    private int secondRun;
    private int firstLeft = first[0];
    private int secondLeft = second[0];

    public bool Next(out bool inFirst, out bool inSecond, out int length)
    {
        if (firstLeft == 0 && ++firstRun < first.Length)
        {
            firstLeft = first[firstRun];
        }

        if (secondLeft == 0 && ++secondRun < second.Length)
        {
            secondLeft = second[secondRun];
        }

        (inFirst, inSecond) = ((firstRun & 1) != 0, (secondRun & 1) != 0);
        length = Math.Min(firstLeft, secondLeft);
        firstLeft -= length;
        secondLeft -= length;
        return length > 0;
    }
}
