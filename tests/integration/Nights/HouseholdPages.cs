using MyNumber.Tests.Integration.OfTemplates;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>A piece as it lies in a drop: what pdftotext reads on its pages, and what the manifest says of it.</summary>
public sealed record SealedPiece(string Drop, string File, string Id, string Replaces, string PostalCode, string Outside, string Text);

/// <summary>
/// The check of sealed pages against a register, by another way than they were made: pdftotext over the whole file, pieces by
/// the manifest, owners by names, numbers and addresses of which each was used once.
/// </summary>
public static class HouseholdPages
{
    public static IReadOnlyList<SealedPiece> Read(string dropFolder)
    {
        var pieces = new List<SealedPiece>();
        var pages = new Dictionary<string, string[]>();
        foreach (var cells in File.ReadLines(Path.Combine(dropFolder, "manifest.csv")).Skip(1).Select(line => line.Split(',')))
        {
            if (!pages.TryGetValue(cells[3], out var all))
            {
                var said = Tool.Run("pdftotext", "-raw", Path.Combine(dropFolder, cells[3]), "-");
                Assert.Equal((0, ""), (said.ExitCode, said.Errors));
                pages[cells[3]] = all = said.Output.Split('\f');
            }

            var (first, count) = (int.Parse(cells[4], null), int.Parse(cells[5], null));
            var own = all.Skip(first - 1).Take(count).Select(Plain).ToList();
            pieces.Add(new(Path.GetFileName(dropFolder), cells[3], cells[0], cells[9], cells[7], own[0], string.Concat(own)));
        }

        return pieces;
    }

    /// <summary>Everything that is wrong with a piece, as sentences; nothing where it is right.</summary>
    public static IEnumerable<string> Faults(SealedPiece piece, HouseholdRegister register)
    {
        var inside = register.People.Where(
            person => person.Numbers.Exists(number => piece.Text.Contains(number, StringComparison.Ordinal))).ToList();
        if (inside.Count == 0)
        {
            // A form or notice shows no number: whose it is, the name inside says.
            inside = register.People.Where(person => piece.Text.Contains(Plain(person.Name), StringComparison.Ordinal)).ToList();
            if (inside.Count != 1)
            {
                yield return $"{piece.Id} shows {inside.Count} persons and no number";
                yield break;
            }
        }

        else if (inside.Find(person => !piece.Text.Contains(person.Number, StringComparison.Ordinal)) is { } old)
        {
            yield return $"{piece.Id} shows a number that {old.Id} has no more";
        }

        var first = inside[0];
        var (name, code, address) = first.Delivery is { } delivery ? (first.Name, "5300005", delivery)
            : piece.Drop.Contains("individual-number", StringComparison.Ordinal) ? (first.Head, first.Code, first.Address)
            : (first.Name, first.Code, first.Address);
        foreach (var person in inside)
        {
            if (!person.IsHere || !piece.Text.Contains(Plain(person.Name), StringComparison.Ordinal))
            {
                yield return $"{piece.Id}: {person.Id} is not here, or by another name";
            }

            if (inside.Count > 1 && (person.Delivery is not null
                || (person.Household, person.Head, person.Address) != (first.Household, first.Head, first.Address)))
            {
                yield return $"{piece.Id}: {person.Id} shares an envelope with {first.Id}";
            }
        }

        if (piece.PostalCode != code || !piece.Outside.Contains(Plain(address), StringComparison.Ordinal)
            || !piece.Outside.Contains(Plain(name) + "様", StringComparison.Ordinal))
        {
            yield return $"{piece.Id} does not go to {first.Id} where they are written to now";
        }

        var allowed = inside.Select(person => person.Address).Append(address).Select(Plain).ToHashSet();
        foreach (var other in register.Addresses.Select(Plain).Where(
            other => !allowed.Contains(other) && piece.Text.Contains(other, StringComparison.Ordinal)))
        {
            yield return $"{piece.Id} shows an address that is none of its people's";
        }

        var names = inside.Select(person => person.Name).Append(name).Select(Plain).ToHashSet();
        foreach (var other in register.People.SelectMany(person => person.Names).Select(Plain)
            .Where(other => !names.Contains(other) && piece.Text.Contains(other, StringComparison.Ordinal)))
        {
            yield return $"{piece.Id} shows a name that is none of its people's";
        }

        if (first.Delivery is not null && piece.Outside.Contains(Plain(first.Address), StringComparison.Ordinal))
        {
            yield return $"{piece.Id} shows the register address on the outside beside {first.Id}'s own";
        }
    }

    private static string Plain(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
