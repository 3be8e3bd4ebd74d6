using CsCheck;

namespace Poa.Storage.Tests;

public sealed class BlobNameTests
{
    private static readonly Gen<string> Segment = Gen.Char["abzAZ09-_.=+@/\\ \n\u00e4"].Array[0, 12].Select(c => new string(c));

    internal static bool IsPrefixOfLegalName(string prefix)
    {
        try
        {
            return BlobName.ValidatePrefix(prefix) == prefix;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [Fact]
    public void Validate_WhateverPasses_StaysInsideTheFolder() => Segment.Array[1, 4].Sample(segments =>
    {
        var name = string.Join('/', segments);
        if (!IsLegal(name))
        {
            return;
        }

        Assert.Equal("/root/store/" + name, Path.GetFullPath(Path.Combine("/root/store", name)));
        Assert.DoesNotContain("/.", "/" + name);
    }, iter: 20_000);

    [Fact]
    public void ValidatePrefix_BeginOfALegalName_Passes() => Gen.Select(Segment.Array[1, 4], Gen.Int[0, 60]).Sample((segments, length) =>
    {
        var name = string.Join('/', segments);
        return !IsLegal(name) || IsPrefixOfLegalName(name[..Math.Min(length, name.Length)]);
    }, iter: 20_000);

    [Fact]
    public void Validate_TooLong_IsRefused()
    {
        var segment = new string('a', BlobName.MaxSegmentLength);
        Assert.Equal(segment, BlobName.Validate(segment));
        Assert.Throws<ArgumentException>(() => BlobName.Validate(segment + "a"));
        Assert.Throws<ArgumentException>(() => BlobName.Validate(string.Join('/', Enumerable.Repeat(segment, 6))));
    }

    private static bool IsLegal(string name)
    {
        try
        {
            return BlobName.Validate(name) == name;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
