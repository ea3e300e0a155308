using System.CommandLine;
using MyNumber.Batch.Printing;
using MyNumber.Fixtures;

namespace MyNumber.Jobs.Cli;

/// <summary>`preflight`, `vendor simulate`, `factory simulate`, `fixtures night`: the world outside, played or checked.</summary>
public static class PartnerVerbs
{
    /// <summary>The verbs.</summary>
    public static IEnumerable<Command> Build() => [PreflightVerb(), Vendor(), Factory(), FixturesVerb()];

    private static Command PreflightVerb()
    {
        var drop = new Argument<DirectoryInfo>("DROP_DIR");
        return new Command("preflight", "Checks a print drop as the vendor would.") { drop }.Runs(context =>
        {
            var findings = Preflight.Check(Folder(context.Get(drop)));
            foreach (var finding in findings)
            {
                if (context.Json)
                {
                    context.WriteJson(finding);
                }
                else
                {
                    var place = string.Join(": ", new[] { finding.File, finding.Detail }.Where(text => text.Length > 0));
                    context.Out.WriteLine($"{finding.Code} {place}".TrimEnd() + $". {finding.Advice}");
                }
            }

            if (findings.Count == 0 && !context.Json)
            {
                context.Out.WriteLine("The drop is good.");
            }

            return Task.FromResult(findings.Count == 0 ? ExitStatus.Done : ExitStatus.Failed);
        });
    }

    private static Command Vendor()
    {
        var drop = new Argument<DirectoryInfo>("DROP_DIR");
        var date = CommandLine.DateOption("First day that an answer may name.");
        var seed = new Option<int>("--seed") { Description = "Of what varies.", DefaultValueFactory = _ => 1 };
        var profile = new Option<VendorProfile>("--profile")
        {
            Description = "honest, slow, sloppy or hostile.",
            DefaultValueFactory = _ => VendorProfile.Honest,
        };
        return new Command("vendor", "Plays the print vendor.")
        {
            new Command("simulate", "Writes the vendor's answers to a drop into the home's inbox.") { drop, date, profile, seed }
                .Runs(context =>
                {
                    var files = PrintVendor.Simulate(
                        Folder(context.Get(drop)), Path.Combine(context.Home.Inbox, "vendor"), context.Get(date),
                        context.Get(profile), context.Get(seed));
                    context.Out.WriteLine($"{files} answer files.");
                    return Task.FromResult(ExitStatus.Done);
                }),
        };
    }

    private static Command Factory()
    {
        var drop = new Argument<DirectoryInfo>("ORDER_DROP");
        var date = CommandLine.DateOption("Day of issue and arrival.");
        return new Command("factory", "Plays the card factory.")
        {
            new Command("simulate", "Writes the card-arrived events of an order drop into the home's inbox.") { drop, date }
                .Runs(context =>
                {
                    var cards = CardFactory.Simulate(Folder(context.Get(drop)), context.Home.Inbox, context.Get(date));
                    context.Out.WriteLine($"{cards} cards arrived.");
                    return Task.FromResult(ExitStatus.Done);
                }),
        };
    }

    private static Command FixturesVerb()
    {
        var applications = new Option<int>("--applications") { Description = "How many, 1 or more.", Required = true };
        var seed = new Option<int>("--seed") { Description = "Same seed, same bytes.", Required = true };
        var output = new Option<DirectoryInfo>(
            "--out") { Description = "Becomes the content of an inbox.", HelpName = "DIR", Required = true };
        var date = CommandLine.DateOption("The night's date (2026-11-24 unless told otherwise).", required: false);
        return new Command("fixtures", "Makes the synthetic world.")
        {
            new Command("night", "One night's input with what must come of it.") { applications, seed, output, date }
                .Runs(context =>
                {
                    if (context.Get(applications) < 1)
                    {
                        throw new UsageException("--applications takes 1 or more.");
                    }

                    var night = context.Get(date) == default ? NightFixture.DefaultDate : context.Get(date);
                    var made = NightFixture.Write(
                        context.Get(applications), context.Get(seed), context.Get(output)!.FullName, night, context.Cancellation);
                    context.Out.WriteLine(
                        $"{made.Applications} applications, {made.Scans} scans, {made.Residents} residents.");
                    return Task.FromResult(ExitStatus.Done);
                }),
        };
    }

    private static string Folder(DirectoryInfo folder) => folder.Exists
        ? folder.FullName.TrimEnd(Path.DirectorySeparatorChar)
        : throw new UsageException($"There is no folder {folder.FullName}.");
}
