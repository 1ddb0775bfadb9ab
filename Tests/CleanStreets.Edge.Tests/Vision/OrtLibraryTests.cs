using CleanStreets.Edge.Vision.Runtime;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class OrtLibraryTests
{
    [Theory]
    [InlineData("releases/1.2.3")] // Beside the program.
    [InlineData("releases/1.2.3/lib")]
    [InlineData("releases/lib")]
    [InlineData("lib")] // An installed box: one for all releases, whoever starts them.
    [InlineData(".build/onnxruntime")]
    public void Library_is_found_where_an_install_or_a_build_puts_it_without_being_named(string place)
    {
        using var folder = new TemporaryFolder();
        var program = Directory.CreateDirectory(folder.Combine("releases/1.2.3")).FullName;
        var library = Path.Combine(Directory.CreateDirectory(folder.Combine(place)).FullName, "libonnxruntime.so.1");
        File.WriteAllText(library, "");
        OrtLibrary.FindFrom(program).ShouldBe(library);
    }
}
