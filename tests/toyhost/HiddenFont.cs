using System.Diagnostics;
using MyNumber.Templates.Documents;

namespace MyNumber.Tests.ToyHost;

/// <summary>
/// The real cause of a font that cannot be loaded: its folder is empty, until it is not. One process sees both, as a worker
/// does while somebody installs the package again.
/// </summary>
public static class HiddenFont
{
    private const string Document = "issuance-notice";
    private const string Folder = "/usr/share/fonts/opentype/ipaexfont-gothic";

    /// <returns>0 where printing failed while the font was hidden, twice, and went well when it was back.</returns>
    public static int Play()
    {
        Run("mount", "-t", "tmpfs", "none", Folder);
        if (Prints() || Prints())
        {
            Console.Error.WriteLine("It printed without its font.");
            return 1;
        }

        Run("umount", Folder);
        return Prints() ? 0 : 2;
    }

    private static bool Prints()
    {
        try
        {
            using var pdf = new MemoryStream();
            return PrintCommand.Render(Document, PrintCommand.Example(Document), 1, pdf) is null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or TypeInitializationException)
        {
            Console.Error.WriteLine(missing.GetType().Name);
            return false;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
    }
}
