using MyNumber.Fixtures.Filling;
using MyNumber.Fixtures.Scanning;

namespace MyNumber.Tests.Bench;

/// <summary>
/// `bench cells`: labelled pictures of digit cells as the reader's preparation makes them, for training. A record has
/// 786 bytes: place of the damage level, label (0 to 9; 10 where nothing was written but something was seen), and
/// 28 × 28 pixels, 255 is ink.
/// </summary>
internal static class CellsBench
{
    private const byte NoDigit = 10;

    public static Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var sheets = Arguments.Number(arguments, "--sheets", 100);
        var writers = Enum.Parse<Writers>(Arguments.Text(arguments, "--writers", nameof(Writers.Training)));
        var hand = Enum.Parse<Hand>(Arguments.Text(arguments, "--hand", nameof(Hand.Any)));
        using var file = File.Create(Arguments.Text(arguments, "--out", "cells.bin"));
        var (gate, count) = (new Lock(), 0);
        DigitSheets.Read(
            WrittenDigits.LoadEverybody(writers), hand, DamageLevel.All, sheets, Arguments.Number(arguments, "--seed", 1), cell =>
            {
                if (cell.Picture is { } picture)
                {
                    byte[] record = [(byte)DamageLevel.All.ToList().IndexOf(cell.Level),
                        (byte)(cell.Written ?? NoDigit), .. picture.Select(pixel => (byte)(255 * pixel))];
                    lock (gate)
                    {
                        file.Write(record);
                        count++;
                    }
                }
            },
            cancellation);
        Console.WriteLine($"{count} cells");
        return Task.CompletedTask;
    }
}
