using System.Text.RegularExpressions;

namespace Poa.Actors.Dashboard.Tests.Ui;

/// <summary>Rules that the sources of the dashboard keep.</summary>
public sealed partial class SourceRulesTests
{
    private static readonly string Root = Path.Combine(RepositoryRoot(), "web", "Poa.Actors.Dashboard");

    [Fact]
    public void ComponentLibraries_AreNamedInUiAndLayoutOnly()
    {
        // App.razor links the library's style sheets; Ui wraps its components: nobody else depends on the choice.
        var others = Sources().Where(file => !IsBelow(file, "Ui") && !IsBelow(file, "Layout") && LibraryName().IsMatch(WithoutProse(file)));

        Assert.Empty(others.Select(file => Path.GetRelativePath(Root, file)));
        Assert.Contains(Sources(), file => IsBelow(file, "Ui") && LibraryName().IsMatch(WithoutProse(file)));
    }

    [Fact]
    public void Markup_IsNeverMadeOfStrings()
    {
        var others = Sources().Where(file => RawMarkup().IsMatch(File.ReadAllText(file)));

        Assert.Empty(others.Select(file => Path.GetRelativePath(Root, file)));
    }

    [Fact]
    public void Scripts_AreFilesOfThisHost()
    {
        var app = File.ReadAllText(Path.Combine(Root, "Layout", "App.razor"));

        Assert.DoesNotMatch(InlineScript(), app);
        Assert.DoesNotMatch(OutsideAddress(), app);
    }

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".cs" or ".razor" && !IsBelow(file, "bin") && !IsBelow(file, "obj"));

    private static bool IsBelow(string file, string folder) => Path.GetRelativePath(Root, file).StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The page about this software names what it is made with.</summary>
    private static string WithoutProse(string file) => Prose().Replace(File.ReadAllText(file), "");

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Poa.Actors.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} does not lie in the repository.");
    }

    [GeneratedRegex("BootstrapBlazor|Plotly")]
    private static partial Regex LibraryName();

    [GeneratedRegex("MarkupString|AddMarkupContent")]
    private static partial Regex RawMarkup();

    [GeneratedRegex("<p>.*?</p>|//.*?$", RegexOptions.Multiline)]
    private static partial Regex Prose();

    [GeneratedRegex(@"<script(?![^>]*\bsrc=)|\son\w+=""")]
    private static partial Regex InlineScript();

    [GeneratedRegex(@"(src|href)=""(https?:)?//")]
    private static partial Regex OutsideAddress();
}
