using System.CommandLine;
using MyNumber.Batch.Reading;
using MyNumber.Templates.Forms;

namespace MyNumber.Jobs.Cli;

/// <summary>`read FILE…`: reads scans without a database, a JSON line a page. Personal data on standard output is its purpose.</summary>
public static class ReadVerb
{
    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var files = new Argument<string[]>("FILE") { Description = "Scans.", Arity = ArgumentArity.OneOrMore };
        var form = new Option<string?>("--form") { Description = "The kind of form that is expected.", HelpName = "KIND" };
        var debug = new Option<string?>("--debug") { Description = "Where pictures of every step go.", HelpName = "DIR" };
        return new Command("read", "Reads scans without a database, a line per page.") { files, form, debug }.Runs(context =>
        {
            if (context.Get(form) is { } kind && FormDefinitions.All.All(known => known.Kind != kind))
            {
                throw new UsageException(
                    $"There is no such form. There are: {string.Join(", ", FormDefinitions.All.Select(known => known.Kind))}.");
            }

            return Task.FromResult(ReadCommand.Run(
                context.Get(files), context.Get(form), context.Get(debug), context.Out, context.Error, context.Cancellation));
        });
    }
}
