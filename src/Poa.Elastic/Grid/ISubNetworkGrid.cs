namespace Poa.Elastic;

/// <summary>All sub-networks of an elastic architecture. Immutable and safe to share between threads.</summary>
public interface ISubNetworkGrid
{
    /// <summary>Every sub-network: widths outside, depths inside, both ascending; the intact network is last.</summary>
    IReadOnlyList<SubNetwork> SubNetworks { get; }

    /// <summary>The elastic widths, ascending.</summary>
    IReadOnlyList<int> Widths { get; }

    /// <summary>The elastic depths, ascending.</summary>
    IReadOnlyList<NetworkDepth> Depths { get; }

    /// <summary>What a width counts, for the title of an axis: <c>channels</c>.</summary>
    string WidthUnit { get; }

    /// <summary>What a depth counts, for the title of an axis: <c>blocks</c>.</summary>
    string DepthUnit { get; }

    /// <summary>Whether the elastic student is drawn more often at small widths, too, and not only at small depths.</summary>
    bool WeighsWidths { get; }

    /// <summary>Least width and least depth.</summary>
    SubNetwork Smallest { get; }

    /// <summary>Full width and full depth: the network that owns all the parameters.</summary>
    SubNetwork Intact { get; }

    /// <summary>
    /// The cells with names: <c>smallest</c>, <c>middle</c>, <c>intact</c>, and the published sizes that the grid has, such as the paper's
    /// <c>S</c>, <c>B</c>, <c>L</c>. <see cref="Parse"/> reads them. A cell may have several names.
    /// </summary>
    IReadOnlyList<NamedSubNetwork> Named { get; }

    /// <summary>Whether the grid has this cell.</summary>
    bool Contains(SubNetwork subNetwork);

    /// <summary>Reads a name (<c>384x12</c>) or an alias the grid knows, and insists that the grid has that cell.</summary>
    /// <exception cref="FormatException">No such cell; the message lists the legal widths and depths.</exception>
    SubNetwork Parse(string name);

    /// <summary>Channels of a sub-network's feature of an image.</summary>
    /// <param name="subNetwork">A cell of the grid.</param>
    int FeatureWidth(SubNetwork subNetwork);

    /// <summary>Parameters and multiply-accumulates of a sub-network for square images of the given size.</summary>
    /// <exception cref="ArgumentException">The grid lacks the sub-network, or the architecture cannot take that image size.</exception>
    SubNetworkCost CostOf(SubNetwork subNetwork, int imageSize);
}
