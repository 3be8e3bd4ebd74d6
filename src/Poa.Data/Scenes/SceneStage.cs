using Poa.Data.Imaging;

namespace Poa.Data.Scenes;

/// <summary>Which object is in front at each pixel, while objects are added from the furthest to the nearest.</summary>
internal sealed class SceneStage
{
    private readonly int width;
    private readonly int height;
    private readonly double minVisible;
    private readonly List<Entry> entries = [];

    public SceneStage(int width, int height, double minVisible)
    {
        (this.width, this.height, this.minVisible) = (width, height, minVisible);
        Owners = new int[width * height];
        Array.Fill(Owners, -1);
    }

    /// <summary>For each pixel the object in front; -1 for none.</summary>
    public int[] Owners { get; }

    public int CategoryOf(int owner) => entries[owner].Category;

    /// <summary>Adds an object in front of the others, unless too little of it or of one behind it would show.</summary>
    public bool TryAdd(Sprite sprite, int left, int top)
    {
        var (whole, inside) = (0, new List<int>());
        for (var y = 0; y < sprite.Height; y++)
        {
            for (var x = 0; x < sprite.Width; x++)
            {
                if (!sprite.IsSolid(x, y))
                {
                    continue;
                }

                whole++;
                if (left + x >= 0 && left + x < width && top + y >= 0 && top + y < height)
                {
                    inside.Add(((top + y) * width) + left + x);
                }
            }
        }

        var hidden = new int[entries.Count];
        foreach (var at in inside.Where(at => Owners[at] >= 0))
        {
            hidden[Owners[at]]++;
        }

        if (!IsEnough(inside.Count, whole) || entries.Where((entry, i) => !IsEnough(entry.Visible - hidden[i], entry.Whole)).Any())
        {
            return false;
        }

        for (var i = 0; i < hidden.Length; i++)
        {
            entries[i] = entries[i] with { Visible = entries[i].Visible - hidden[i] };
        }

        inside.ForEach(at => Owners[at] = entries.Count);
        entries.Add(new(sprite.Category, inside.Count, whole));
        return true;
    }

    /// <summary>What shows of each object.</summary>
    public IReadOnlyList<SceneObject> Objects()
    {
        var (left, top, right, bottom) = (new int[entries.Count], new int[entries.Count], new int[entries.Count], new int[entries.Count]);
        Array.Fill(left, width);
        Array.Fill(top, height);
        for (var at = 0; at < Owners.Length; at++)
        {
            if (Owners[at] is >= 0 and var i)
            {
                var (y, x) = Math.DivRem(at, width);
                (left[i], top[i], right[i], bottom[i]) = (Math.Min(left[i], x), Math.Min(top[i], y), Math.Max(right[i], x + 1), Math.Max(bottom[i], y + 1));
            }
        }

        return [.. entries.Select((entry, i) => new SceneObject(entry.Category, new PixelBox(left[i], top[i], right[i] - left[i], bottom[i] - top[i]), entry.Visible, entry.Whole))];
    }

    private bool IsEnough(int visible, int whole) => visible > 0 && visible >= minVisible * whole;

    private readonly record struct Entry(int Category, int Visible, int Whole);
}
