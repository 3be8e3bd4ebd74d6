namespace Poa.Evaluation;

/// <summary>How far an evaluation has come.</summary>
/// <param name="Phase">What is being done, for instance "features of train" or "k-NN of 384x12".</param>
/// <param name="Done">Units done in this phase.</param>
/// <param name="Total">Units of this phase.</param>
/// <param name="ImagesPerSecond">Rate since the phase began; 0 until it is known, or where images are not what counts.</param>
/// <param name="Unit">What is counted, plural.</param>
public sealed record EvaluationProgress(string Phase, long Done, long Total, double ImagesPerSecond, string Unit = "images");
