using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.Accounts;

namespace Poa.Actors.Dashboard.Tests.Security;

public sealed class AccountStoreTests : IDisposable
{
    private const string Password = "correct horse battery";
    private readonly string _home = Directory.CreateTempSubdirectory("poa-accounts-").FullName;
    private readonly AccountStore _store;

    public AccountStoreTests() => _store = new AccountStore(_home);

    private string FilePath => Path.Combine(_home, "dashboard", "accounts.json");

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Add_ReadByAnotherStore_HasAccountAndPassword()
    {
        await _store.AddAsync("Ana", Password, Role.Operator);

        var other = new AccountStore(_home);
        var account = Assert.Single(other.List());
        Assert.Equal(("ana", Role.Operator, true), (account.Name, account.Role, account.HasPassword));
        Assert.NotNull(other.Verify("ANA", Password));
        Assert.Null(other.Verify("ana", Password + "!"));
        Assert.Null(other.Verify("nobody", Password));
    }

    [Fact]
    public async Task File_IsForItsOwnerOnly_AndHoldsNoSecret()
    {
        await _store.AddAsync("ana", Password, Role.Admin);
        var key = await _store.CreateKeyAsync("ana", "laptop");

        var text = await File.ReadAllTextAsync(FilePath);
        Assert.DoesNotContain(Password, text);
        Assert.DoesNotContain(key.Secret, text);
        Assert.DoesNotContain(key.Secret[13..], text);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(FilePath)!));
        }
    }

    [Fact]
    public async Task SetPassword_OfAnotherStore_IsSeenAtOnce_AndEndsSessions()
    {
        await _store.AddAsync("ana", Password, Role.Admin);
        var stamp = _store.Verify("ana", Password)!.Stamp;

        await new AccountStore(_home).SetPasswordAsync("ana", "another long password");

        Assert.Null(_store.Verify("ana", Password));
        Assert.False(_store.IsCurrent("ana", stamp));
    }

    [Fact]
    public async Task Key_UntilRevoked_ActsForItsAccount()
    {
        await _store.AddAsync("robot", null, Role.Operator);
        var key = await _store.CreateKeyAsync("robot", "nightly");
        Assert.Equal("robot", _store.VerifyKey(key.Secret)?.Name);
        Assert.Null(_store.VerifyKey(key.Secret[..^1] + (key.Secret[^1] == 'A' ? 'B' : 'A')));
        Assert.StartsWith(Assert.Single(Assert.Single(_store.List()).Keys).Prefix, key.Secret);

        await _store.RevokeKeyAsync(key.Id);

        Assert.Null(_store.VerifyKey(key.Secret));
        Assert.Null(_store.Verify("robot", ""));
    }

    [Fact]
    public async Task Remove_TheLastAdmin_IsRefused()
    {
        await _store.AddAsync("ana", Password, Role.Admin);
        await _store.AddAsync("bert", Password, Role.Operator);

        Assert.Contains("last admin", (await Assert.ThrowsAsync<PoaException>(() => _store.RemoveAsync("ana"))).Message);
        Assert.Contains("last admin", (await Assert.ThrowsAsync<PoaException>(() => _store.SetRoleAsync("ana", Role.Viewer))).Message);
        await _store.SetRoleAsync("bert", Role.Admin);
        await _store.RemoveAsync("ana");

        Assert.Equal("bert", Assert.Single(_store.List()).Name);
    }

    [Fact]
    public async Task Add_ByManyWritersAtOnce_LosesNone()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => new AccountStore(_home).AddAsync($"user{i}", null, Role.Viewer)));

        Assert.Equal(12, _store.List().Count);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"version":2,"accounts":[]}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"accounts":[{"name":"ana"}]}""")]
    [InlineData("""{"version":1,"accounts":[],"more":1}""")]
    public async Task List_DamagedFile_SaysSo_AndNothingIsOverwritten(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, content);

        var read = Assert.Throws<PoaException>(_store.List);
        var write = await Assert.ThrowsAsync<PoaException>(() => _store.AddAsync("ana", Password, Role.Admin));

        Assert.Equal([ErrorCodes.DamagedFile, ErrorCodes.DamagedFile], [read.Code, write.Code]);
        Assert.Contains(FilePath, read.Message);
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath));
    }

    [Theory]
    [InlineData("", Password)]
    [InlineData("../ana", Password)]
    [InlineData("<script>", Password)]
    [InlineData("ana", "pass#123")]
    public async Task Add_BadNameOrPassword_IsRefusedWithoutRepeatingThePassword(string name, string password)
    {
        var error = await Assert.ThrowsAsync<PoaException>(() => _store.AddAsync(name, password, Role.Viewer));

        Assert.Equal(ErrorCodes.InvalidArgument, error.Code);
        Assert.DoesNotContain(password, error.Message);
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task Add_NameThatIsTaken_IsRefused()
    {
        await _store.AddAsync("ana", Password, Role.Admin);

        Assert.Equal(SecurityErrors.AccountExists, (await Assert.ThrowsAsync<PoaException>(() => _store.AddAsync("ANA", Password, Role.Viewer))).Code);
    }
}
