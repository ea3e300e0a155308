using System.Reflection;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MyNumber.Batch.Reading;

/// <summary>One character as the network sees it.</summary>
/// <param name="Digit">0 to 9; null where it looks like no digit (struck out, two in one cell, scribble).</param>
/// <param name="Confidence">Probability of that, per mille.</param>
internal readonly record struct DigitGuess(int? Digit, int Confidence);

/// <summary>The digit network (Models/digits.md), on one thread.</summary>
internal sealed class DigitNetwork : IDisposable
{
    private const int NoDigit = 10;
    private const int Classes = 11;

    private readonly InferenceSession _session;

    public DigitNetwork()
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        };
        _session = new InferenceSession(Model(), options);
    }

    /// <summary>Reads pictures as <see cref="DigitCell"/> makes them, all in one call.</summary>
    public DigitGuess[] Read(IReadOnlyList<float[]> pictures)
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

        using var results = _session.Run([NamedOnnxValue.CreateFromTensor("pictures", input)]);
        var probabilities = results[0].AsEnumerable<float>().ToArray();
        return [.. probabilities.Chunk(Classes).Select(Best)];
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static DigitGuess Best(float[] probabilities)
    {
        var best = Array.IndexOf(probabilities, probabilities.Max());
        return new DigitGuess(best == NoDigit ? null : best, (int)(probabilities[best] * 1000));
    }

    private static byte[] Model()
    {
        const string name = "MyNumber.Batch.Reading.Models.digits.onnx";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program lacks its resource {name}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
