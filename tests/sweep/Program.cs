using System.CommandLine;
using MyNumber.Tests.Sweep;

// ./run-local.sh faults --seed S --count N [--applications A]: the proof that a night survives anything. Exit status 1 if
// one night did not end as the calm one (with --guards-off it must), or a kind struck less often than --each says.
var options = new SweepOptions();
var seed = new Option<int>("--seed") { Description = "Decides all faults.", DefaultValueFactory = _ => options.Seed };
var count = new Option<int>("--count") { Description = "Faults that must have struck.", DefaultValueFactory = _ => options.Count };
var each = new Option<int>("--each") { Description = "How often each kind must have struck, beside the count." };
var only = new Option<string>(
    "--only") { Description = "Only kinds whose name holds this, or one of these parted by |.", DefaultValueFactory = _ => options.Only };
var applications = new Option<int>(
    "--applications") { Description = "Applications of the first night.", DefaultValueFactory = _ => options.Applications };
var perNight = new Option<int>("--per-night") { Description = "Faults planned for a night.", DefaultValueFactory = _ => options.PerNight };
var from = new Option<int>("--from") { Description = "Number of the first night: to play one again." };
var nights = new Option<int?>("--nights") { Description = "That many nights, whatever the count." };
var guardsOff = new Option<string?>("--guards-off") { Description = "fence, counter or stagedName: the sweep must go red." };
var command = new RootCommand("Whole nights under faults; each must end as an undisturbed one.")
{
    seed, count, each, only, applications, perNight, from, nights, guardsOff,
};
command.SetAction(async (parsed, cancellation) =>
{
    var tally = await Sweep.RunAsync(
        options with
        {
            Seed = parsed.GetValue(seed),
            Count = parsed.GetValue(count),
            Each = parsed.GetValue(each),
            Only = parsed.GetValue(only)!,
            Applications = parsed.GetValue(applications),
            PerNight = parsed.GetValue(perNight),
            From = parsed.GetValue(from),
            Nights = parsed.GetValue(nights),
            GuardsOff = parsed.GetValue(guardsOff),
        },
        Console.Error.WriteLine,
        cancellation);
    Console.Write(tally.ToMarkdown());
    return tally.BadNights == 0 && tally.Least >= parsed.GetValue(each) ? 0 : 1;
});
// Ctrl+C ends the sweep after the night that is being played, and tells what came so far.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(15) });
