using System.Text.RegularExpressions;
using Mono.Cecil;
using NetArchTest.Rules;

namespace MyNumber.Tests.Unit;

/// <summary>
/// Arrows go one way: templates ← batch ← jobs, and within batch as the table says. A room is a folder; batch/Runs has
/// several. An arrow is a use of any kind: of a type, a method, a constant.
/// </summary>
public sealed partial class LayoutTests
{
    private const string Root = "MyNumber.Batch";

    private static readonly System.Reflection.Assembly Templates = typeof(Templates.Forms.FormDefinition).Assembly;
    private static readonly System.Reflection.Assembly Batch = typeof(Batch.Runs.Engine.StepDefinition).Assembly;

    /// <summary>Each room and those that it may use, from the ground up: a room stands below all that use it.</summary>
    private static readonly (string Room, string Uses)[] Rooms =
    [
        ("Files", ""),
        ("Calendar", "Files"),
        ("Database", ""),
        ("Privacy", "Database Files"),
        ("Runs.Alerting", "Database"),
        ("Runs.Auditing", "Database"),
        ("Runs.Engine", "Database Files Runs.Alerting Runs.Auditing"),
        ("Runs.Delivery", "Database Files Runs.Alerting Runs.Engine"),
        ("Runs.Monitoring", "Database Runs.Alerting Runs.Engine"),
        ("Runs.Operators", "Database Runs.Alerting Runs.Auditing Runs.Engine Runs.Delivery"),
        ("People", "Database Runs.Auditing"),
        ("NightServices", "Database Files Privacy Runs.Delivery Letters"),
        ("Feeds", "Calendar Database Files Privacy Runs.Alerting Runs.Engine"),
        ("Register", "Database Privacy Runs.Engine Feeds"),
        ("Reading", "Database Files Privacy Runs.Alerting Runs.Engine People NightServices Feeds"),
        ("Selection", "Database Runs.Engine NightServices"),
        ("Lifecycle", "Calendar Database Runs.Engine NightServices Feeds Selection Letters"),
        ("Recovery",
            "Database Files Privacy Runs.Alerting Runs.Auditing Runs.Engine Runs.Delivery Runs.Monitoring People "
            + "NightServices"),
        ("Intake", "Database Files Privacy Runs.Alerting Runs.Engine NightServices Feeds Register Reading"),
        ("Validation",
            "Calendar Database Privacy Runs.Alerting Runs.Engine NightServices Feeds Reading Selection "
            + "Lifecycle"),
        ("Keying", "Database Privacy Runs.Auditing NightServices Feeds Reading Validation"),
        ("Cards",
            "Database Files Privacy Runs.Alerting Runs.Engine Runs.Delivery NightServices Lifecycle Recovery "
            + "Validation"),
        ("Notices", "Database Files Privacy Runs.Engine Runs.Delivery NightServices Feeds Lifecycle Validation Letters"),
        ("Letters", "Calendar Database Privacy Runs.Engine NightServices Register Validation Notices Printing"),
        ("Printing",
            "Calendar Database Files Privacy Runs.Alerting Runs.Engine Runs.Delivery People NightServices Feeds "
            + "Recovery Notices Letters"),
        ("Storage",
            "Calendar Database Files Privacy Runs.Alerting Runs.Auditing Runs.Engine Runs.Delivery People "
            + "NightServices Feeds Lifecycle Recovery Letters"),
        ("Waiting", "Calendar Database Runs.Alerting Runs.Engine NightServices Letters"),
        ("Status", "Calendar Database Files Privacy Runs.Engine Runs.Delivery NightServices Selection Waiting"),
        ("Night",
            "Database Runs.Engine Runs.Delivery NightServices Reading Selection Intake Validation Cards Notices "
            + "Printing Storage Status"),
    ];

    /// <summary>
    /// The circle around the letters, not open yet: the list of products is a service of the night, and what a product is made
    /// of stands in the rooms that ask it. Nothing may be added here.
    /// </summary>
    private static readonly string[] StillGoUp =
        ["NightServices → Letters", "Lifecycle → Letters", "Notices → Letters", "Letters → Printing"];

    [Fact]
    public void Templates_know_no_batch_and_no_database() =>
        AssertNone(Types.InAssembly(Templates).ShouldNot().HaveDependencyOnAny("MyNumber.Batch", "MyNumber.Jobs", "Npgsql"));

    [Fact]
    public void Batch_knows_no_jobs_and_no_fixtures() =>
        AssertNone(Types.InAssembly(Batch).ShouldNot().HaveDependencyOnAny("MyNumber.Jobs", "MyNumber.Fixtures"));

    [Fact]
    public void Every_room_of_batch_uses_exactly_the_rooms_that_the_table_allows()
    {
        var allowed = Rooms.SelectMany(room => Split(room.Uses).Select(used => $"{room.Room} → {used}")).ToHashSet();
        var real = Arrows();
        Assert.True(
            allowed.SetEquals(real.Keys),
            "Arrows that the table does not allow:\n"
            + string.Join("\n", real.Where(arrow => !allowed.Contains(arrow.Key)).Select(arrow => $"{arrow.Key} ({arrow.Value})"))
            + "\nAllowances that nothing uses:\n" + string.Join("\n", allowed.Where(arrow => !real.ContainsKey(arrow))));
    }

    [Fact]
    public void A_room_uses_only_rooms_that_stand_above_it_in_the_table()
    {
        var order = Rooms.Select(room => room.Room).ToList();
        Assert.Equal(order.Order(StringComparer.Ordinal), RoomsOfBatch().Order(StringComparer.Ordinal));
        Assert.Equal(
            StillGoUp,
            from room in Rooms
            from used in Split(room.Uses)
            where order.IndexOf(used) >= order.IndexOf(room.Room)
            select $"{room.Room} → {used}");
    }

    [Fact]
    public void Only_delivery_writes_rows_of_drops_and_their_files()
    {
        var delivery = Path.Combine(Sources.Top, "batch", "Runs", "Delivery");
        Assert.Empty(
            from file in Directory.EnumerateFiles(Path.Combine(Sources.Top, "batch"), "*.cs", SearchOption.AllDirectories)
            where Path.GetDirectoryName(file) != delivery
            from Match write in DropWrite().Matches(File.ReadAllText(file))
            select $"{Path.GetFileName(file)}: {write.Value}");
    }

    private static string[] Split(string rooms) => rooms.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> RoomsOfBatch()
    {
        using var module = ModuleDefinition.ReadModule(Batch.Location);
        return [.. module.GetTypes().Select(type => RoomOf(Outer(type))).OfType<string>().Distinct()];
    }

    /// <summary>Arrows with an example of each: of the assembly, and of the usings, as constants leave no trace in it.</summary>
    private static SortedDictionary<string, string> Arrows()
    {
        var arrows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var module = ModuleDefinition.ReadModule(Batch.Location);
        foreach (var type in module.GetTypes())
        {
            foreach (var used in Uses(type).Where(used => used.Scope == module))
            {
                Add(arrows, RoomOf(Outer(type)), RoomOf(Outer(used.Resolve() ?? type)), $"{Outer(type).Name} uses {used.Name}");
            }
        }

        foreach (var file in Directory.EnumerateFiles(Path.Combine(Sources.Top, "batch"), "*.cs", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            var room = NamespaceLine().Match(text) is { Success: true } own
                ? RoomOf(own.Groups[1].Value, Path.GetFileNameWithoutExtension(file)) : null;
            foreach (Match use in UsingLine().Matches(text))
            {
                Add(arrows, room, RoomOf(use.Groups[1].Value, ""), $"using in {Path.GetFileName(file)}");
            }
        }

        return arrows;
    }

    private static void Add(SortedDictionary<string, string> arrows, string? from, string? to, string example)
    {
        if (from is not null && to is not null && from != to)
        {
            arrows.TryAdd($"{from} → {to}", example);
        }
    }

    private static IEnumerable<TypeReference> Uses(TypeDefinition type)
    {
        var direct = type.Interfaces.Select(one => one.InterfaceType)
            .Append(type.BaseType)
            .Concat(type.CustomAttributes.Select(one => one.AttributeType))
            .Concat(type.Fields.Select(field => field.FieldType))
            .Concat(type.Methods.SelectMany(Uses));
        return direct.OfType<TypeReference>().SelectMany(Parts);
    }

    private static IEnumerable<TypeReference> Uses(MethodDefinition method)
    {
        var signature = method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType);
        return method.HasBody
            ? signature
                .Concat(method.Body.Variables.Select(variable => variable.VariableType))
                .Concat(method.Body.Instructions.SelectMany(instruction => instruction.Operand switch
                {
                    TypeReference type => [type],
                    GenericInstanceMethod generic => [.. generic.GenericArguments, generic.DeclaringType],
                    MemberReference member => [member.DeclaringType],
                    _ => Array.Empty<TypeReference>(),
                }))
            : signature;
    }

    // A list of readings uses the readings: generic arguments and element types count for themselves.
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        TypeSpecification { ElementType: var element } => Parts(element),
        _ => [type],
    };

    private static TypeDefinition Outer(TypeDefinition type) => type.DeclaringType is { } outer ? Outer(outer) : type;

    private static string? RoomOf(TypeDefinition outer) => RoomOf(outer.Namespace, outer.Name);

    // The files beside the folders: the whole night stands on everything, its services and the policy below the steps.
    private static string? RoomOf(string space, string type) => space switch
    {
        Root => type is "" ? null : type == "Night" ? "Night" : "NightServices",
        _ when space.StartsWith($"{Root}.Runs.", StringComparison.Ordinal) => space[(Root.Length + 1)..],
        _ when space.StartsWith($"{Root}.", StringComparison.Ordinal) => space[(Root.Length + 1)..].Split('.')[0],
        _ => null,
    };

    private static void AssertNone(ConditionList rule)
    {
        var result = rule.GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    // The column that remembers that a file was deleted after its time is retention's.
    [GeneratedRegex(@"(INSERT INTO|UPDATE|DELETE FROM|COPY) (drop|kept_block|file)\b(?! SET deleted_on)")]
    private static partial Regex DropWrite();

    [GeneratedRegex(@"^using (?:static )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
