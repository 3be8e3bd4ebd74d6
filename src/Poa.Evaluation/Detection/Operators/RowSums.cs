using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Operators;

/// <summary>
/// Which rows of a table are summed with which weights: bag n has the entries from offset n on. N bags, T entries. It is a sparse matrix
/// [N, rows] by rows.
/// </summary>
/// <param name="Offsets_N">First entry of each bag, int64 [N].</param>
/// <param name="Bag_T">Bag of each entry, ascending, int64 [T].</param>
/// <param name="Row_T">Row of each entry, int64 [T].</param>
/// <param name="Weight_T">Weight of each entry, [T].</param>
internal sealed record RowBags(Tensor Offsets_N, Tensor Bag_T, Tensor Row_T, Tensor Weight_T);

/// <summary>
/// Weighted sums of rows of a table, with gradient to the table. Both directions read rows and write each result once, by an embedding bag:
/// no large temporaries, the same bits at every run on either device, and faster on the CPU than the sparse matrix product.
/// </summary>
internal sealed class RowSums : autograd.SingleTensorFunction<RowSums>
{
    private const string RowCount = "rows";

    /// <inheritdoc/>
    public override string Name => nameof(RowSums);

    /// <param name="table_MC">The table [M, C].</param>
    /// <param name="bags">What is summed; the weights are of the table's type and are constants.</param>
    /// <returns>[N, C]</returns>
    public static Tensor Of(Tensor table_MC, RowBags bags) => apply(table_MC, bags.Offsets_N, bags.Bag_T, bags.Row_T, bags.Weight_T);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (table_MC, offsets_N, bag_T, row_T, weight_T) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Tensor)vars[4]);
        ctx.save_for_backward([bag_T, row_T, weight_T]);
        ctx.save_data(RowCount, table_MC.shape[0]);
        return Sum(table_MC, row_T, offsets_N, weight_T);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var (bag_T, row_T, weight_T) = (saved[0], saved[1], saved[2]);
        var (sorted_T, order_T) = row_T.sort(0, stable: true);
        var offsets_M = searchsorted(sorted_T, Numbers.Places((long)ctx.get_data(RowCount), row_T.device));
        var gradient_MC = Sum(grad_output.contiguous(), bag_T.index_select(0, order_T), offsets_M, weight_T.index_select(0, order_T));
        return [gradient_MC.MoveToOuterDisposeScope(), null!, null!, null!, null!];
    }

    private static Tensor Sum(Tensor table_MC, Tensor row_T, Tensor offsets_N, Tensor weight_T)
    {
        // The module is the only way to this kernel that TorchSharp has; it takes the detached table as its weight and copies nothing.
        using var bags = nn.EmbeddingBag_from_pretrained(table_MC.detach(), freeze: true, mode: EmbeddingBagMode.Sum);
        return bags.call(row_T, offsets_N, weight_T);
    }
}
