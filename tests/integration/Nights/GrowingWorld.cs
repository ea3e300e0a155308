using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Fixtures;
using MyNumber.Fixtures.Filling;
using MyNumber.Tests.Integration.Intake;
using SkiaSharp;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>
/// A world of a size, as feeds of one night: so many residents who apply online, so many whose cards end soon, so many
/// newly registered with a number of their own, and events about the cards.
/// </summary>
internal sealed class GrowingWorld(Home home, int size)
{
    private static readonly byte[] Face = Portrait();

    /// <summary>Writes the feeds into the inbox.</summary>
    public void Write()
    {
        Folder("register", "R1",
            ("municipalities.csv", Utf8(IntakeHome.MunicipalityHeader + IntakeHome.Municipality)),
            ("residents.csv", Utf8(IntakeHome.ResidentHeader + Lines(3 * size, Resident))),
            ("forms.csv", Utf8(IntakeHome.FormHeader + Lines(size, n => $"{Id(n)},{n},qr,2026-10-01,見本　花子,緑川市本町　{n}-1,0\n"))),
            ("cards.csv", Utf8(IntakeHome.CardHeader + Lines(size, n =>
                $"C{n},{size + n},2017-01-10,2027-01-10,2027-01-10,2027-01-10,valid\n"))));
        Folder("online", "O1",
        [
            ("applications.csv", Utf8(IntakeHome.OnlineHeader + Lines(size, n =>
                $"{Id(n)},2026-11-24T10:00:{n % 60:D2}+09:00,a{n}@example.jp,1990-04-01,0,0,0,p{n}.jpg,,,online\n"))),
            .. Enumerable.Range(0, size).Select(n => ($"p{n}.jpg", Photo(n))),
        ]);
        var events = IntakeHome.EventHeader + Lines(size, n =>
            $"E{n},2026-11-24T09:00:00+09:00,card-suspended,13101,C{n},,\n");
        var folder = Directory.CreateDirectory(Path.Combine(home.Inbox, "events")).FullName;
        File.WriteAllText(Path.Combine(folder, "V1.csv"), events);
        File.WriteAllText(Path.Combine(folder, "V1.done"), $"{IntakeHome.Hash(Utf8(events))}  V1.csv\n");
    }

    // The first third applies, the second has cards that end, the last was born a month ago.
    private string Resident(int n)
    {
        var isNew = n >= 2 * size;
        return string.Create(CultureInfo.InvariantCulture,
            $"{n},{IntakeHome.Number((10_000_000_000 + n).ToString(CultureInfo.InvariantCulture))},見本　花子,ミホン　ハナコ,,{(isNew ? "2026-10-20" : "1990-04-01")},F,1000001,緑川市本町　{n}-1,,,13101,2020-01-01,,,0,,H{n},見本　花子,{(isNew ? "2026-11-01" : "2015-10-05")}\n");
    }

    private static string Id(int n) => n.ToString("D23", CultureInfo.InvariantCulture);

    private static string Lines(int count, Func<int, string> line) => string.Concat(Enumerable.Range(0, count).Select(line));

    private static byte[] Utf8(string text) => IntakeHome.Utf8(text);

    // The same face with another comment: no two files of the night are the same bytes (R24).
    private static byte[] Photo(int n) =>
        [.. Face[..2], 0xFF, 0xFE, 0, 6, (byte)(n >> 24 & 0xFF), (byte)(n >> 16 & 0xFF), (byte)(n >> 8 & 0xFF),
            (byte)(n & 0xFF), .. Face[2..]];

    private static byte[] Portrait()
    {
        using var face = Faces.Portrait(700, new Dice(11, "face", 3));
        using var encoded = face.Encode(SKEncodedImageFormat.Jpeg, 92);
        return encoded.ToArray();
    }

    private void Folder(string area, string name, params (string File, byte[] Content)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(home.Inbox, area, name)).FullName;
        foreach (var (file, content) in files)
        {
            File.WriteAllBytes(Path.Combine(folder, file), content);
        }

        File.WriteAllText(Path.Combine(folder, "DONE"), string.Concat(files
            .OrderBy(file => file.File, StringComparer.Ordinal).Select(file => $"{IntakeHome.Hash(file.Content)}  {file.File}\n")));
    }
}
