using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MyNumber.Batch.Reading;

/// <summary>One character as the network sees it.</summary>
/// <param name="Digit">0 to 9; null where it looks like no digit (struck out, two in one cell, scribble).</param>
/// <param name="Confidence">Probability of that, per mille.</param>
internal readonly record struct DigitGuess(int? Digit, int Confidence);

/// <summary>
/// The digit networks (Models/digits.md), on one thread: one that reads every character, and others that are asked where it is
/// not sure; then all of them count alike.
/// </summary>
internal sealed class DigitNetwork : IDisposable
{
    private const int NoDigit = 10;
    private const int Classes = 11;

    // From this probability on the first is right alone as often as all of them (SURE of train_digits.py; the two change together).
    private const float SureMin = 0.99f;

    private readonly InferenceSession _first = Load("digits");
    private readonly InferenceSession _others = Load("digits-others");

    /// <summary>Reads pictures as <see cref="DigitCell"/> makes them.</summary>
    public DigitGuess[] Read(IReadOnlyList<float[]> pictures)
    {
        var votes = Run(_first, pictures);
        var unsure = Enumerable.Range(0, pictures.Count).Where(i => votes[i].Max() < SureMin).ToList();
        var others = Run(_others, [.. unsure.Select(i => pictures[i])]);
        for (var i = 0; i < unsure.Count; i++)
        {
            votes[unsure[i]] = [.. votes[unsure[i]].Zip(others[i], (first, other) => first + other)];
        }

        return [.. votes.Select(Best)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _others.Dispose();
    }

    // For each picture the probabilities of the classes, summed over the networks of the session; all in one call.
    private static float[][] Run(InferenceSession session, IReadOnlyList<float[]> pictures)
    {
        if (pictures.Count == 0)
        {
            return [];
        }

        var input = new DenseTensor<float>([pictures.Count, 1, DigitCell.Side, DigitCell.Side]);
        for (var i = 0; i < pictures.Count; i++)
        {
            pictures[i].CopyTo(input.Buffer.Span[(i * DigitCell.Side * DigitCell.Side)..]);
        }

        using var results = session.Run([NamedOnnxValue.CreateFromTensor("pictures", input)]);
        return [.. results[0].AsEnumerable<float>().Chunk(Classes)];
    }

    private static DigitGuess Best(float[] votes)
    {
        var best = Array.IndexOf(votes, votes.Max());
        return new DigitGuess(best == NoDigit ? null : best, (int)(1000 * votes[best] / votes.Sum()));
    }

    private static InferenceSession Load(string model)
    {
        var name = $"MyNumber.Batch.Reading.Models.{model}.onnx";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program lacks its resource {name}.");
        // As in NativeLibraries: a library that is missing must not fail the type that calls it for ever.
        NativeLibrary.Load("onnxruntime", typeof(InferenceSession).Assembly, null);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        };
        return new InferenceSession(bytes, options);
    }
}
