using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Poa.Training.Exchange;
using Poa.Training.Exchange.Tcp;
using Xunit;

namespace Poa.Training.Tests.Exchange;

/// <summary>Members that know each other by certificates.</summary>
public sealed class TlsExchangeTests
{
    private static readonly ExchangeTimings Patient = new() { Silence = Formation.Limit, Formation = Formation.Limit };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FormAsync_WithCertificates_MessagesArriveAndAreNotReadOnTheWire()
    {
        using var own = Make("ours");
        using var first = TcpShardListener.Open(IPAddress.Loopback, tls: Trust(own, own));
        using var second = TcpShardListener.Open(IPAddress.Loopback, tls: Trust(own, own));
        using var wire = new ListeningWire(first.EndPoint);
        var secret = Encoding.ASCII.GetBytes("weights and gradients of this run");
        var forming = TcpExchange.FormAsync(first, new("run", 1, "token-of-it", 0, [first.EndPoint.ToString(), second.EndPoint.ToString()]), Patient, cancellationToken: Stop);
        var joined = await TcpExchange.FormAsync(second, new("run", 1, "token-of-it", 1, [wire.Entrance, second.EndPoint.ToString()]), Patient, cancellationToken: Stop);
        var formed = await forming;

        var large = RandomNumberGenerator.GetBytes(3_000_000);
        var (small, arrived) = (new byte[secret.Length], new byte[large.Length]);
        joined.Send(0, secret);
        formed.Send(1, large);
        formed.Receive(1, small, Stop);
        joined.Receive(0, arrived, Stop);
        Assert.Equal(secret, small);
        Assert.Equal(large, arrived);
        await Task.WhenAll(Task.Run(formed.Dispose, Stop), Task.Run(joined.Dispose, Stop));

        var heard = Encoding.Latin1.GetString(wire.Heard());
        Assert.True(heard.Length > secret.Length);
        Assert.DoesNotContain("weights and gradients", heard, StringComparison.Ordinal);
        Assert.DoesNotContain("token-of-it", heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FormAsync_CertificateOfOthers_RefusedInBothDirections()
    {
        using var ours = Make("ours");
        using var theirs = Make("theirs");
        using var first = TcpShardListener.Open(IPAddress.Loopback, tls: Trust(ours, ours));
        string[] members = [first.EndPoint.ToString(), "127.0.0.1:9"];
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var forming = TcpExchange.FormAsync(first, new("run", 1, "", 0, members), Patient, cancellationToken: over.Token);

        // One that does not take our certificate; one that would, and whose own we do not take.
        foreach (var (tls, fault) in ((ExchangeTls, string)[])[
            (Trust(theirs, theirs), "shows a certificate that member 1 does not take: CN=ours is a stranger."),
            (Trust(theirs, ours), "refuses member 1: its certificate is not taken: CN=theirs is a stranger.")])
        {
            using var stranger = TcpShardListener.Open(IPAddress.Loopback, tls: tls);
            var error = await Assert.ThrowsAsync<ShardRefusedException>(() => TcpExchange.FormAsync(stranger, new("run", 1, "", 1, members), Patient, cancellationToken: Stop).WaitAsync(Formation.Limit, Stop));
            Assert.EndsWith(fault, error.Message, StringComparison.Ordinal);
        }

        Assert.False(forming.IsCompleted);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => forming);
    }

    [Fact]
    public async Task FormAsync_OneSideWithoutCertificates_DoNotComeTogether()
    {
        using var own = Make("ours");
        using var first = TcpShardListener.Open(IPAddress.Loopback, tls: Trust(own, own));
        using var plain = TcpShardListener.Open(IPAddress.Loopback);
        string[] members = [first.EndPoint.ToString(), plain.EndPoint.ToString()];
        var brief = new ExchangeTimings { Formation = TimeSpan.FromSeconds(1) };
        var both = (Task<TcpExchange>[])[TcpExchange.FormAsync(first, new("run", 1, "", 0, members), brief, cancellationToken: Stop), TcpExchange.FormAsync(plain, new("run", 1, "", 1, members), brief, cancellationToken: Stop)];
        foreach (var side in both)
        {
            await Assert.ThrowsAsync<ShardLostException>(() => side);
        }
    }

    private static ExchangeTls Trust(X509Certificate2 own, X509Certificate2 other) => new(own, shown => shown.Thumbprint == other.Thumbprint ? null : $"{shown.Subject} is a stranger");

    private static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>Passes one connection on, and keeps all that it hears.</summary>
    private sealed class ListeningWire : IDisposable
    {
        private readonly TcpListener entrance = new(IPAddress.Loopback, 0);
        private readonly MemoryStream heard = new();
        private readonly Task passing;

        public ListeningWire(IPEndPoint target)
        {
            entrance.Start();
            Entrance = entrance.LocalEndpoint.ToString()!;
            passing = PassAsync(target);
        }

        public string Entrance { get; }

        public byte[] Heard()
        {
            Assert.True(passing.Wait(Formation.Limit));
            return heard.ToArray();
        }

        public void Dispose() => entrance.Dispose();

        private async Task PassAsync(IPEndPoint target)
        {
            using var inner = await entrance.AcceptTcpClientAsync();
            using var outer = new TcpClient();
            await outer.ConnectAsync(target);
            // Taken while both are connected: whichever end hangs up first, the other direction still drains.
            await Task.WhenAll(PumpAsync(inner.GetStream(), outer.GetStream()), PumpAsync(outer.GetStream(), inner.GetStream()));
        }

        private async Task PumpAsync(NetworkStream from, NetworkStream to)
        {
            var buffer = new byte[1 << 16];
            try
            {
                for (int count; (count = await from.ReadAsync(buffer)) > 0;)
                {
                    lock (heard)
                    {
                        heard.Write(buffer, 0, count);
                    }

                    await to.WriteAsync(buffer.AsMemory(0, count));
                }

                to.Socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // the other side has gone
            }
        }
    }
}
