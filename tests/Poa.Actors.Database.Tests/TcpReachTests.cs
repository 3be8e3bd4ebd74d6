using System.Net;
using System.Net.Sockets;
using Poa.Testing;

namespace Poa.Actors.Database.Tests;

/// <summary>Whether a port answers.</summary>
public sealed class TcpReachTests
{
    [Fact]
    public async Task Connect_SomebodyListensAndNobodyDoes_ConnectionOrWhyNot()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var end = (IPEndPoint)listener.LocalEndpoint;
        var (connection, fault) = await TcpReach.ConnectAsync(end, TestContext.Current.CancellationToken);
        Assert.Null(fault);
        Assert.True(connection!.Connected);
        connection.Dispose();
        Assert.True(await TcpReach.AnswersAsync(end, TestContext.Current.CancellationToken));

        var nobody = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        (connection, fault) = await TcpReach.ConnectAsync(nobody, TestContext.Current.CancellationToken);
        Assert.Null(connection);
        Assert.False(string.IsNullOrEmpty(fault));
        Assert.False(await TcpReach.AnswersAsync(nobody, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Connect_CallerGivesUp_Cancelled() => await Assert.ThrowsAnyAsync<OperationCanceledException>(
        () => TcpReach.AnswersAsync(new IPEndPoint(IPAddress.Loopback, FreePort.Next()), new CancellationToken(canceled: true)));
}
