using System.CommandLine;
using MyNumber.Templates.Codes;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;

namespace MyNumber.Jobs.Cli;

/// <summary>`print`, `form`, `barcode`: what templates offers, without a database.</summary>
public static class PaperVerbs
{
    /// <summary>The verbs.</summary>
    public static IEnumerable<Command> Build() => [Print(), Form(), Barcode()];

    private static Command Print()
    {
        var document = new Argument<string>("DOCUMENT") { Description = string.Join(", ", PieceDocuments.Names) };
        var data = new Option<FileInfo?>("--data") { Description = "One piece as JSON.", HelpName = "FILE.json" };
        var output = new Option<FileInfo?>("--out") { Description = "The PDF.", HelpName = "FILE.pdf" };
        var copies = new Option<int>("--copies") { Description = "The same piece so many times.", DefaultValueFactory = _ => 1 };
        var example = new Option<bool>("--example") { Description = "Prints an example of the JSON." };
        return new Command("print", "Renders one document.") { document, data, output, copies, example }.Runs(context =>
        {
            var name = context.Get(document);
            if (!PieceDocuments.Names.Contains(name))
            {
                throw new UsageException($"There is no document of this name. There are: {string.Join(", ", PieceDocuments.Names)}.");
            }

            if (context.Get(example))
            {
                context.Out.WriteLine(PrintCommand.Example(name));
                return Task.FromResult(ExitStatus.Done);
            }

            if (context.Get(data) is not { } from || context.Get(output) is not { } to)
            {
                throw new UsageException("print needs --data FILE.json and --out FILE.pdf, or --example.");
            }

            return Task.FromResult(Render(name, Read(from), to, context.Get(copies)));
        });
    }

    private static string Read(FileInfo file) => NamedFile.ReadAllText(file);

    private static int Render(string document, string json, FileInfo file, int copies)
    {
        // A half-written PDF must not look like one.
        var temporary = $"{file.FullName}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew))
            {
                if (PrintCommand.Render(document, json, copies, stream) is { } reason)
                {
                    throw new UsageException($"This piece cannot be printed: {reason}.");
                }
            }

            File.Move(temporary, file.FullName, overwrite: true);
        }
        catch (ArgumentException malformed)
        {
            // Its message names the place, never a value.
            throw new UsageException(malformed.Message);
        }
        finally
        {
            File.Delete(temporary);
        }

        return ExitStatus.Done;
    }

    private static Command Form()
    {
        var kind = new Argument<string>("KIND") { Description = string.Join(", ", FormDefinitions.All.Select(form => form.Kind)) };
        return new Command("form", "The form definitions.")
        {
            new Command("list", "Kinds and versions.").Runs(context =>
            {
                foreach (var form in FormDefinitions.All)
                {
                    if (context.Json)
                    {
                        context.WriteJson(new { Form = form.Kind, form.Version, Pages = form.Pages.Count });
                    }
                    else
                    {
                        context.Out.WriteLine($"{form.Kind} {form.Version}");
                    }
                }

                return Task.FromResult(ExitStatus.Done);
            }),
            new Command("describe", "One form with every item in millimetres.") { kind }.Runs(context =>
            {
                var form = FormDefinitions.All.FirstOrDefault(form => form.Kind == context.Get(kind))
                    ?? throw new UsageException(
                        $"There is no such form. There are: {string.Join(", ", FormDefinitions.All.Select(form => form.Kind))}.");
                context.Out.WriteLine(FormDescription.ToJson(form));
                return Task.FromResult(ExitStatus.Done);
            }),
        };
    }

    private static Command Barcode()
    {
        var postal = new Option<string>("--postal") { Description = "Postal code, 7 digits.", HelpName = "P", Required = true };
        var address = new Option<string>("--address") { Description = "The whole address.", HelpName = "A", Required = true };
        return new Command("barcode", "Codes on mail.")
        {
            new Command("customer", "Japan Post's customer barcode: 21 characters with check; empty where none is allowed.")
            {
                postal, address,
            }.Runs(context =>
            {
                var code = context.Get(postal)!.Replace("-", "", StringComparison.Ordinal);
                if (code.Length != 7 || !code.All(char.IsAsciiDigit))
                {
                    throw new UsageException("--postal takes 7 digits.");
                }

                context.Out.WriteLine(CustomerBarcode.Text(code, context.Get(address)!));
                return Task.FromResult(ExitStatus.Done);
            }),
        };
    }
}
