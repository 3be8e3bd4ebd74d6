using Microsoft.Extensions.Time.Testing;
using Poa.Actors.Dashboard.Security.SignIn;

namespace Poa.Actors.Dashboard.Tests.Security;

public sealed class SignInThrottleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new SignInThrottle(_time);

    [Fact]
    public void WaitFor_FewFailures_IsZero()
    {
        Fail(SignInThrottle.FreeByName - 1, "ana", "10.0.0.1");

        Assert.Equal(TimeSpan.Zero, _throttle.WaitFor("ana", "10.0.0.1"));
    }

    [Fact]
    public void WaitFor_MoreFailures_DoublesUpToTheLimit_AndPasses()
    {
        Fail(SignInThrottle.FreeByName, "ana", "10.0.0.1");
        var first = _throttle.WaitFor("Ana ", "10.0.0.2");
        Fail(1, "ana", "10.0.0.1");
        var second = _throttle.WaitFor("ana", "10.0.0.2");
        Fail(30, "ana", "10.0.0.3");

        Assert.Equal(first * 2, second);
        Assert.Equal(SignInThrottle.MaxWait, _throttle.WaitFor("ana", "10.0.0.2"));
        _time.Advance(SignInThrottle.MaxWait);
        Assert.Equal(TimeSpan.Zero, _throttle.WaitFor("ana", "10.0.0.2"));
    }

    [Fact]
    public void WaitFor_ManyNamesFromOneAddress_IsAboveZero()
    {
        for (var i = 0; i < SignInThrottle.FreeByAddress; i++)
        {
            _throttle.Failed($"name{i}", "10.0.0.1");
        }

        Assert.True(_throttle.WaitFor("another", "10.0.0.1") > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, _throttle.WaitFor("another", "10.0.0.2"));
    }

    [Fact]
    public void Succeeded_ForgetsTheName_AndKeepsTheAddress()
    {
        Fail(SignInThrottle.FreeByAddress + 1, "ana", "10.0.0.1");

        _throttle.Succeeded("ana", "10.0.0.1");

        Assert.Equal(TimeSpan.Zero, _throttle.WaitFor("ana", "10.0.0.9"));
        Assert.True(_throttle.WaitFor("bert", "10.0.0.1") > TimeSpan.Zero);
    }

    private void Fail(int times, string name, string address)
    {
        for (var i = 0; i < times; i++)
        {
            _throttle.Failed(name, address);
        }
    }
}
