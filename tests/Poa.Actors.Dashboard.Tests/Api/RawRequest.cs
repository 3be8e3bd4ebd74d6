using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Requests as no client library would send them.</summary>
internal static class RawRequest
{
    /// <returns>The status of the answer.</returns>
    public static async Task<int> StatusAsync(Uri server, string requestLine, params string[] headers)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Host, server.Port, limit.Token);
        await using var stream = socket.GetStream();
        var text = string.Concat(headers.Prepend(requestLine).Append($"Host: {server.Authority}").Append("Connection: close").Select(line => $"{line}\r\n")) + "\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), limit.Token);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var first = await reader.ReadLineAsync(limit.Token) ?? throw new IOException($"No answer to {requestLine}.");
        return int.Parse(first.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
