using System.CommandLine;
using System.Text.Json;
using MyNumber.Templates.Codes;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;

namespace MyNumber.Jobs.Cli;

/// <summary>`print`, `form`, `barcode`: what templates offers, without a database.</summary>
public static class PaperVerbs
{
    /// <summary>Most copies in one file.</summary>
    public const int CopiesMax = 5_000;

    private static readonly JsonSerializerOptions Example = new(JsonLines.Options)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

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
                context.Out.WriteLine(JsonSerializer.Serialize(PieceExamples.Get(name), Example));
                return Task.FromResult(ExitStatus.Done);
            }

            if (context.Get(data) is not { } from || context.Get(output) is not { } to)
            {
                throw new UsageException("print needs --data FILE.json and --out FILE.pdf, or --example.");
            }

            if (context.Get(copies) is < 1 or > CopiesMax)
            {
                throw new UsageException($"--copies takes 1 to {CopiesMax}.");
            }

            return Task.FromResult(Render(Read(from, name), to, context.Get(copies)));
        });
    }

    private static PieceData Read(FileInfo file, string document)
    {
        if (!file.Exists)
        {
            throw new UsageException($"There is no file {file.FullName}.");
        }

        try
        {
            var piece = PieceJson.Read(File.ReadAllText(file.FullName), document);
            return piece.Document == document
                ? piece
                : throw new UsageException($"--data says it is for `{piece.Document}`, not for `{document}`.");
        }
        catch (JsonException malformed)
        {
            // The parser's message may quote a value; the place is enough.
            throw new UsageException(
                $"--data is not the JSON of a piece (at {malformed.Path}, line {malformed.LineNumber + 1}); print {document} --example shows one.");
        }
    }

    private static int Render(PieceData piece, FileInfo file, int copies)
    {
        if (PieceDocuments.Check(piece) is { } reason)
        {
            throw new UsageException($"This piece cannot be printed: {reason}.");
        }

        // A half-written PDF must not look like one.
        var temporary = $"{file.FullName}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew))
            {
                PieceDocuments.Render([.. Enumerable.Repeat(piece, copies)], stream);
            }

            File.Move(temporary, file.FullName, overwrite: true);
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
