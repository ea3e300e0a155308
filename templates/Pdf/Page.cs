namespace MyNumber.Templates.Pdf;

/// <summary>One page to write: what every copy has, and what only this one has.</summary>
/// <param name="Name">Stands for the static part: two pages of that name have the same.</param>
/// <param name="WidthMm">Trimmed width, mm.</param>
/// <param name="HeightMm">Trimmed height, mm.</param>
/// <param name="Static">Draws what every copy has.</param>
/// <param name="Variable">Draws what only this one has.</param>
internal sealed record Page(string Name, double WidthMm, double HeightMm, Action<Canvas> Static, Action<Canvas> Variable)
{
    /// <summary>Draws nothing.</summary>
    public static readonly Action<Canvas> Nothing = _ => { };
}
