using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Keys;

public sealed class KeysTests
{
    [Fact]
    public void RunId_New_ObeysTheRules()
    {
        var id = RunId.New(TimeProvider.System);
        Assert.True(RunId.IsValid(id), id);
        Assert.Matches("^poa-[0-9]{8}-[0-9a-f]{4}$", id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("Ä")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.b")]
    public void RunId_AgainstTheRules_Refused(string id) =>
        Assert.Equal(ErrorCodes.InvalidArgument, Assert.Throws<PoaException>(() => RunId.Validate(id)).Code);

    [Fact]
    public void Keys_RoundTrip()
    {
        var evaluation = new EvaluationKey("run-1", 12, "384x12", "knn", "0123456789abcdef");
        Assert.Equal(evaluation, EvaluationKey.Parse(evaluation.ToString()));
        var extraction = new ExtractionKey("run-1", 12, "384x12");
        Assert.Equal(extraction, ExtractionKey.Parse(extraction.ToString()));
        var shard = new ShardKey("worker-3", "cuda:0");
        Assert.Equal(shard, ShardKey.Parse(shard.ToString()));
    }

    [Theory]
    [InlineData("run-1/12")]
    [InlineData("run-1/x/384x12")]
    [InlineData("Run/12/384x12")]
    [InlineData("run-1/-1/384x12")]
    public void ExtractionKey_Malformed_Refused(string text) => Assert.Throws<PoaException>(() => ExtractionKey.Parse(text));

    [Theory]
    [InlineData(Benchmarks.Coco)]
    [InlineData(Benchmarks.PixelKnn)]
    public void EvaluationKey_OfItsQuestion_IsTheSame(string benchmark)
    {
        var key = new EvaluationKey("run-1", 12, "384x12", benchmark, "0123456789abcdef");

        Assert.Equal($"{benchmark}-0123456789abcdef", key.Question);
        Assert.Equal(key, EvaluationKey.Of("run-1", 12, "384x12", key.Question));
        var data = new EvaluationData("a", "b");
        Assert.Equal($"{benchmark}-{EvaluationKey.Digest(data, [])}", EvaluationKey.QuestionOf(benchmark, data, []));
    }

    [Theory]
    [InlineData("run-1", "")]
    [InlineData("run-1", "-0123456789abcdef")]
    [InlineData("run-1", "0123456789abcdef")]
    [InlineData("run-1", "coco")]
    [InlineData("run-1", "coco-0123456789abcde")]
    [InlineData("run-1", "coco-0123456789abcdeg")]
    [InlineData("run-1", "coco-0123456789ABCDEF")]
    [InlineData("run-1", "coco0123456789abcdef0")]
    [InlineData("run-1", "nonsense-0123456789abcdef")]
    [InlineData("run-1", "../coco-0123456789abcdef")]
    [InlineData("../run", "coco-0123456789abcdef")]
    public void EvaluationKey_OfWhatIsNoQuestion_Refused(string run, string question) =>
        Assert.Equal(ErrorCodes.InvalidArgument, Assert.Throws<PoaException>(() => EvaluationKey.Of(run, 12, "384x12", question)).Code);

    [Fact]
    public void Digest_DependsOnContentNotOnOrder()
    {
        var data = new EvaluationData("a", "b");
        KeyValuePair<string, string>[] options = [new("k", "20"), new("t", "0.07")];
        Assert.Equal(EvaluationKey.Digest(data, options), EvaluationKey.Digest(data, options.Reverse()));
        Assert.NotEqual(EvaluationKey.Digest(data, options), EvaluationKey.Digest(data, []));
        Assert.NotEqual(EvaluationKey.Digest(new EvaluationData("ab", ""), []), EvaluationKey.Digest(new EvaluationData("a", "b"), []));
    }
}
