using System.Collections;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;

// Changes one thing at a time in the rule files (a condition turned round, a bound moved, an alternative taken away), compiles
// them together with their unit tests in memory, and runs those tests: a change that no test notices is printed.
// Arguments: folder of the repository, first change, how many (0: all), then parts of file names (none: all rule files).
var (top, from, count, only) = (args[0], int.Parse(args[1]), int.Parse(args[2]), args[3..]);
string[] ruleFiles =
[
    "Validation/ApplicantRules.cs", "Validation/ApplicationFacts.cs", "Validation/ApplicationRules.cs", "Validation/Answers.cs",
    "Validation/FormRules.cs", "Validation/FormUse.cs", "Validation/Identity.cs", "Validation/PhotoRules.cs",
    "Validation/Texts.cs", "Validation/Finding.cs", "Lifecycle/CardTransitions.cs", "Lifecycle/RegisterTransitions.cs",
    "Lifecycle/Events.cs", "Lifecycle/TimelineSubjects.cs", "Lifecycle/Timeline.cs", "Lifecycle/TimelineEnds.cs",
    "Lifecycle/TimelineRows.cs", "Lifecycle/RegisterFacts.cs",
    "Calendar/Age.cs", "Calendar/BusinessDays.cs", "Calendar/CardValidity.cs",
    "Calendar/CivilMonths.cs", "Calendar/IndividualNumber.cs", "Calendar/JapaneseEra.cs", "Calendar/RenewalWindow.cs",
    "Storage/StorageClock.cs", "Status/StatusAnswers.cs", "Policy.cs",
];
// These are compiled with them, as they hand the rules' own types on, but are not changed.
string[] beside =
[
    "Validation/FactsLoader.cs", "Validation/Sentences.cs", "Validation/Rules.cs", "Validation/RuleText.cs", "Lifecycle/EventChanges.cs",
];
var bin = Path.Combine(top, "tests/unit/bin/Release/net10.0");
var parse = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);
// The SDK's generator of regular expressions does not run here: they are made when they are asked for.
SyntaxTree Tree(string path) => CSharpSyntaxTree.ParseText(
    Regex.Replace(File.ReadAllText(path),
        @"\[GeneratedRegex\((?<of>(?:.(?!\[GeneratedRegex))*?)\)\](?<line>\s*)private static partial Regex (?<name>\w+)\(\);",
        "${line}private static Regex ${name}() => Expressions.Of(${of});", RegexOptions.Singleline), parse, path);
var rules = ruleFiles.ToDictionary(file => file, file => Tree(Path.Combine(top, "batch", file)));
string[] tests = ["Rules", "Calendar", "Storage", "Status"];
var others = beside.Select(file => Tree(Path.Combine(top, "batch", file)))
    .Concat(tests.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(top, "tests/unit", folder), "*.cs")).Select(Tree))
    .Append(Tree(Path.Combine(top, "tests/unit/Sources.cs"))).Append(Tree(Path.Combine(top, "tests/unit/Usings.cs")))
    .Append(CSharpSyntaxTree.ParseText(
        """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Threading; global using System.Threading.Tasks;
        internal static class Expressions
        {
            public static System.Text.RegularExpressions.Regex Of(
                string pattern, System.Text.RegularExpressions.RegexOptions options = 0, int _ = 0) => new(pattern, options);
        }
        """, parse))
    .ToList();
var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
    .Where(file => Path.GetFileName(file).StartsWith("System", StringComparison.Ordinal)
        || Path.GetFileName(file) is "netstandard.dll" or "mscorlib.dll");
var references = trusted.Concat(Directory.EnumerateFiles(bin, "*.dll")
        .Where(file => Path.GetFileName(file) != "MyNumber.Tests.Unit.dll" && IsManaged(file)))
    .Select(file => (MetadataReference)MetadataReference.CreateFromFile(file)).ToList();
// Named like the unit tests: what is internal in the product is theirs to see.
var plain = CSharpCompilation.Create(
    "MyNumber.Tests.Unit", [.. rules.Values, .. others], references,
    new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable,
        optimizationLevel: OptimizationLevel.Release));
var resources = new[] { "holidays.csv" }.Select(name => new ResourceDescription(
    "MyNumber.Batch.Calendar." + name, () => File.OpenRead(Path.Combine(top, "batch/Calendar", name)), true)).ToArray();
AssemblyLoadContext.Default.Resolving += (context, name) =>
    File.Exists(Path.Combine(bin, name.Name + ".dll")) ? context.LoadFromAssemblyPath(Path.Combine(bin, name.Name + ".dll")) : null;

if (Verdict(plain) is { } broken)
{
    Console.Error.WriteLine($"Unchanged, the tests fail here: {broken}");
    return 2;
}

var changes = rules.Where(rule => only.Length == 0 || only.Any(rule.Key.Contains))
    .SelectMany(rule => Changes(rule.Value.GetRoot()).Select(change => (rule.Key, rule.Value, change.Node, change.New))).ToList();
var (killed, lived, senseless) = (0, 0, 0);
for (var i = from; i < changes.Count && (count == 0 || i < from + count); i++)
{
    var (file, tree, node, changed) = changes[i];
    var mutant = plain.ReplaceSyntaxTree(tree, tree.WithRootAndOptions(tree.GetRoot().ReplaceNode(node, changed), parse));
    // A change that never ends is noticed by whoever runs the tests; this process cannot stop it, so it goes on without it.
    var verdict = Task.Run(() => Verdict(mutant));
    var noticed = !verdict.Wait(TimeSpan.FromSeconds(60)) ? "never ends" : verdict.Result;
    if (noticed == "does not compile")
    {
        senseless++;
        continue;
    }

    if (noticed is null)
    {
        lived++;
        var line = tree.GetLineSpan(node.Span).StartLinePosition.Line + 1;
        Console.WriteLine($"lived {i} {file}:{line}  {OneLine(node)}  ->  {OneLine(changed)}");
    }
    else
    {
        killed++;
    }

    if ((killed + lived + senseless) % 20 == 0)
    {
        Console.Error.WriteLine($"{i + 1} of {changes.Count}");
    }
}

Console.WriteLine($"{changes.Count} changes, {killed} noticed, {lived} lived, {senseless} not compiled");
Environment.Exit(0);
return 0;

static string OneLine(SyntaxNode node) => string.Join(' ', node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

static bool IsManaged(string file)
{
    try
    {
        AssemblyName.GetAssemblyName(file);
        return true;
    }
    catch (BadImageFormatException)
    {
        return false;
    }
}

// Null where every test passes; else the first that does not.
string? Verdict(CSharpCompilation compilation)
{
    using var image = new MemoryStream();
    var emitted = compilation.Emit(image, manifestResources: resources, options: new EmitOptions());
    if (!emitted.Success)
    {
        return compilation == plain ? string.Join(
            '\n', emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(10)) : "does not compile";
    }

    image.Position = 0;
    var context = new AssemblyLoadContext("mutant", isCollectible: true);
    try
    {
        return FirstFailure(context.LoadFromStream(image));
    }
    finally
    {
        context.Unload();
    }
}

static string? FirstFailure(Assembly assembly)
{
    foreach (var type in assembly.GetTypes().Where(
        type => type.IsClass && !type.IsAbstract && type.Name.EndsWith("Tests", StringComparison.Ordinal)))
    {
        foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            foreach (var arguments in Cases(type, method))
            {
                try
                {
                    var instance = Activator.CreateInstance(type);
                    if (method.Invoke(instance, Fit(method, arguments)) is Task task)
                    {
                        task.GetAwaiter().GetResult();
                    }

                    (instance as IDisposable)?.Dispose();
                }
                catch (Exception failed)
                {
                    return $"{type.Name}.{method.Name}: {(failed.InnerException ?? failed).Message}";
                }
            }
        }
    }

    return null;
}

static IEnumerable<object?[]> Cases(Type type, MethodInfo method)
{
    foreach (var attribute in method.GetCustomAttributesData())
    {
        switch (attribute.AttributeType.Name)
        {
            case "FactAttribute":
                yield return [];
                break;
            case "InlineDataAttribute":
                yield return attribute.ConstructorArguments[0].Value is IReadOnlyCollection<CustomAttributeTypedArgument> values
                    ? [.. values.Select(value => value.Value is IReadOnlyCollection<CustomAttributeTypedArgument> items
                        ? items.Select(item => item.Value).ToArray() : value.Value)]
                    : [null];
                break;
            case "MemberDataAttribute":
                var member = type.GetProperty((string)attribute.ConstructorArguments[0].Value!)!.GetValue(null)!;
                foreach (var row in (IEnumerable)member)
                {
                    yield return (object?[])row;
                }

                break;
        }
    }
}

// What xunit does with constants: enumerations, nullable ones, arrays and left out defaults.
static object?[] Fit(MethodInfo method, object?[] arguments) => [.. method.GetParameters().Select((parameter, i) =>
{
    var kind = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
    if (i >= arguments.Length)
    {
        return parameter.DefaultValue;
    }

    return arguments[i] switch
    {
        null => null,
        object?[] items when kind.IsArray => Typed(kind.GetElementType()!, items),
        var value when kind.IsEnum => Enum.ToObject(kind, value),
        var value when kind.IsPrimitive && value.GetType() != kind =>
            Convert.ChangeType(value, kind, System.Globalization.CultureInfo.InvariantCulture),
        var value => value,
    };
})];

static Array Typed(Type element, object?[] items)
{
    var array = Array.CreateInstance(element, items.Length);
    for (var i = 0; i < items.Length; i++)
    {
        array.SetValue(items[i], i);
    }

    return array;
}

static IEnumerable<(SyntaxNode Node, SyntaxNode New)> Changes(SyntaxNode root)
{
    foreach (var node in root.DescendantNodes())
    {
        // What a constant of SQL says is held by tests against PostgreSQL.
        if (node.Ancestors().Any(a => a is AttributeSyntax or InterpolatedStringExpressionSyntax))
        {
            continue;
        }

        foreach (var changed in Of(node))
        {
            yield return (node, changed.WithTriviaFrom(node));
        }
    }
}

static IEnumerable<SyntaxNode> Of(SyntaxNode node)
{
    switch (node)
    {
        case BinaryExpressionSyntax binary when Turned(binary.Kind()) is { } kinds:
            foreach (var (kind, token) in kinds)
            {
                yield return SyntaxFactory.BinaryExpression(
                    kind, binary.Left, SyntaxFactory.Token(token).WithTriviaFrom(binary.OperatorToken), binary.Right);
            }

            break;
        case BinaryPatternSyntax pattern:
            yield return pattern.Left;
            yield return pattern.Right;
            break;
        case RelationalPatternSyntax relational when Bound(relational.OperatorToken.Kind()) is { } bound:
            yield return relational.WithOperatorToken(SyntaxFactory.Token(bound));
            break;
        case IsPatternExpressionSyntax { Pattern: not (DeclarationPatternSyntax or VarPatternSyntax) } test
            when !test.Pattern.DescendantNodesAndSelf().OfType<SingleVariableDesignationSyntax>().Any():
            yield return Not(test);
            break;
        case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not:
            yield return not.Operand;
            break;
        case ConditionalExpressionSyntax choice when !choice.Condition.DescendantNodes().OfType<SingleVariableDesignationSyntax>().Any():
            yield return choice.WithCondition(Not(choice.Condition));
            break;
        case IfStatementSyntax branch when !branch.Condition.DescendantNodes().OfType<SingleVariableDesignationSyntax>().Any():
            yield return branch.WithCondition(Not(branch.Condition));
            break;
        case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.TrueLiteralExpression }:
            yield return SyntaxFactory.LiteralExpression(SyntaxKind.FalseLiteralExpression);
            break;
        case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.FalseLiteralExpression }:
            yield return SyntaxFactory.LiteralExpression(SyntaxKind.TrueLiteralExpression);
            break;
        case LiteralExpressionSyntax { Token.Value: int number }:
            yield return SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(number + 1));
            break;
        case IdentifierNameSyntax { Identifier.Text: "Any", Parent: MemberAccessExpressionSyntax,
            Parent.Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 1 } }:
            yield return SyntaxFactory.IdentifierName("All");
            break;
        case SwitchExpressionArmSyntax { WhenClause: { } when } arm:
            yield return arm.WithWhenClause(when.WithCondition(Not(when.Condition)));
            break;
    }
}

static ExpressionSyntax Not(ExpressionSyntax condition) => SyntaxFactory.PrefixUnaryExpression(
    SyntaxKind.LogicalNotExpression, SyntaxFactory.ParenthesizedExpression(condition.WithoutTrivia()));

static (SyntaxKind, SyntaxKind)[]? Turned(SyntaxKind kind) => kind switch
{
    SyntaxKind.LogicalAndExpression => [(SyntaxKind.LogicalOrExpression, SyntaxKind.BarBarToken)],
    SyntaxKind.LogicalOrExpression => [(SyntaxKind.LogicalAndExpression, SyntaxKind.AmpersandAmpersandToken)],
    SyntaxKind.EqualsExpression => [(SyntaxKind.NotEqualsExpression, SyntaxKind.ExclamationEqualsToken)],
    SyntaxKind.NotEqualsExpression => [(SyntaxKind.EqualsExpression, SyntaxKind.EqualsEqualsToken)],
    SyntaxKind.LessThanExpression => [(SyntaxKind.LessThanOrEqualExpression, SyntaxKind.LessThanEqualsToken),
        (SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanToken)],
    SyntaxKind.LessThanOrEqualExpression =>
        [(SyntaxKind.LessThanExpression, SyntaxKind.LessThanToken), (SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanToken)],
    SyntaxKind.GreaterThanExpression => [(SyntaxKind.GreaterThanOrEqualExpression, SyntaxKind.GreaterThanEqualsToken),
        (SyntaxKind.LessThanExpression, SyntaxKind.LessThanToken)],
    SyntaxKind.GreaterThanOrEqualExpression =>
        [(SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanToken), (SyntaxKind.LessThanExpression, SyntaxKind.LessThanToken)],
    SyntaxKind.AddExpression => [(SyntaxKind.SubtractExpression, SyntaxKind.MinusToken)],
    SyntaxKind.SubtractExpression => [(SyntaxKind.AddExpression, SyntaxKind.PlusToken)],
    _ => null,
};

static SyntaxKind? Bound(SyntaxKind kind) => kind switch
{
    SyntaxKind.LessThanToken => SyntaxKind.LessThanEqualsToken,
    SyntaxKind.LessThanEqualsToken => SyntaxKind.LessThanToken,
    SyntaxKind.GreaterThanToken => SyntaxKind.GreaterThanEqualsToken,
    SyntaxKind.GreaterThanEqualsToken => SyntaxKind.GreaterThanToken,
    _ => null,
};
